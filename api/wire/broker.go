package wire

import "jiebang/internal/people"

// PlacesOfWork are the regions that a broker works in.
func PlacesOfWork(in []people.Place) []PlaceOfWork {
	out := make([]PlaceOfWork, len(in))
	for i, p := range in {
		out[i] = PlaceOfWork{Code: p.Code, Name: p.Name}
	}
	return out
}
