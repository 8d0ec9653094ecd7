"""The pages of accounts: clients over all their projects. (Signing in lives in `accounts`.)"""
