// Nor are they in a preview.
