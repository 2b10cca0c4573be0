// The page of citations of these sites does nothing.
