package results

import (
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/results"
)

// rights reads the intellectual property in a result.
func rights(in []wire.IpRight) []results.Right {
	var out []results.Right
	for _, r := range in {
		out = append(out, results.Right{Kind: codes.IPKind(r.Kind), Number: wire.Value(r.Number), Status: codes.IPStatus(wire.Text(r.Status)), Holder: wire.Value(r.Holder)})
	}
	return out
}

func writtenRights(in []results.Right) *[]wire.OwnedIpRight {
	if len(in) == 0 {
		return nil
	}
	out := make([]wire.OwnedIpRight, len(in))
	for i, r := range in {
		out[i] = wire.OwnedIpRight{Kind: wire.IpRightKind(r.Kind), Number: wire.Some(r.Number), NormalNumber: wire.Some(r.Patent().Form), Status: wire.Some(wire.IpStatus(r.Status)), Holder: wire.Some(r.Holder)}
	}
	return &out
}
