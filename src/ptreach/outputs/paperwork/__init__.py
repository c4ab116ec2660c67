"""What lets the numbers be defended: methods, check, README, manifest and its verification."""
