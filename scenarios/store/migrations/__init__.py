"""Steps from the empty store to the newest form, one file each; a step that was ever released is not changed."""
