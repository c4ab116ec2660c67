"""How two sides' travel times differ, drawn: for the page of a comparison and a pack's check alike."""
