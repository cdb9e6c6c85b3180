"""Product feeds of shops: a file in, its products and every broken row with its number out. Opens no connection, keeps nothing."""
