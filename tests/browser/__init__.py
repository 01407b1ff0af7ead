"""What a browser makes of the pages of the library."""
