package feel

import "time"

// Moment is when the clocks of a place show a date and a time of day. What they
// show twice is the earlier moment; what they leave out, when they are set
// forward, is as much later as they are set (RFC 5545 §3.3.5; java.time has it
// so, too). Package time leaves both open.
func Moment(year int, month time.Month, day int, nanos int64, loc *time.Location) time.Time {
	at := time.Date(year, month, day, 0, 0, int(nanos/1e9), int(nanos%1e9), loc)
	shown := time.Date(year, month, day, 0, 0, int(nanos/1e9), int(nanos%1e9), time.UTC)
	with := func(instant time.Time) time.Time { // the offset of an instant
		_, offset := instant.Zone()
		return shown.Add(-time.Duration(offset) * time.Second).In(loc)
	}
	if other := with(at); other.After(at) { // a gap, counted with the offset after it
		return other
	} else if other.Before(at) { // … with the one before
		return at
	}
	if start, _ := at.ZoneBounds(); !start.IsZero() {
		if earlier := with(start.Add(-time.Nanosecond)); earlier.Before(start) {
			return earlier
		}
	}
	return at
}
