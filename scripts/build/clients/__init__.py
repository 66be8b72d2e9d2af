"""The clients of the API as packages: an npm package and a wheel."""
