package fault

import (
	"maps"
	"slices"
)

// Remedies are the codes that have a remedy of their own.
func Remedies() (ofCodes, ofPlaced []string) {
	return slices.Sorted(maps.Keys(remedies)), slices.Sorted(maps.Keys(ofPlaces))
}
