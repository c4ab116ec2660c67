"""The rail timetable of Great Britain (CIF, RSPS5046) to GTFS."""
