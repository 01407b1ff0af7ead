"""The content of a report: sections, tables and sentences made from results, and the texts that people write."""
