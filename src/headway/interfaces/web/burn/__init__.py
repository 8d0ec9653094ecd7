"""The pages of burn and forecast, earned value, progress methods and people's time."""
