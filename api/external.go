package api

import (
	"jiebang/api/gen/wire"
	"jiebang/internal/fault"
)

func externalID(x *wire.ExternalId) (scheme, id *string) {
	if x == nil {
		return nil, nil
	}
	return &x.Scheme, &x.Id
}

func wireExternalID(scheme, id *string) *wire.ExternalId {
	if scheme == nil || id == nil {
		return nil
	}
	return &wire.ExternalId{Scheme: *scheme, Id: *id}
}

// bothOrNone holds that an external id is looked up within its scheme.
func bothOrNone(scheme, id *string) error {
	switch {
	case scheme == nil && id != nil:
		return fault.InvalidInput.At("query:external_scheme", "required", "与 external_id 同用 It goes together with external_id")
	case scheme != nil && id == nil:
		return fault.InvalidInput.At("query:external_id", "required", "与 external_scheme 同用 It goes together with external_scheme")
	}
	return nil
}
