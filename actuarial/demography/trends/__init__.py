"""How mortality changes: models, their forecasts, scales of improvement, targets."""
