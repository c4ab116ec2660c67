"""The verdict on a timetable, before anything is routed on it."""
