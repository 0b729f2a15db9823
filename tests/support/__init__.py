"""What tests are made of: small wheels, an index to serve them, a world to run parity in."""
