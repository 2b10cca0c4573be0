// The search of the plain theme.
