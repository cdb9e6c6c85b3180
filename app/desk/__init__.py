"""The desk: staff answer people. Rooms: `access/`, who is signed in and may see what."""
