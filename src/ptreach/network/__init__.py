"""The network as integers: streets, stops, links, walks, timetable; built once, saved, opened in place."""
