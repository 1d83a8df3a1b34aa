"""Who there is and what they have, as the desk edits it: tables read as they are written, faults beside the cell."""
