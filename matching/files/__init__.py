"""Problems and solutions as JSON, and all that can be wrong with a problem."""
