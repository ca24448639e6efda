package review

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// The values are those of sha256sum over the same bytes, so that a change of the algorithm without another name shows.
func TestADrawCanBeRepeatedByHand(t *testing.T) {
	secret, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if got := Commitment(secret); got != "sha-256:630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd" {
		t.Errorf("commitment %s", got)
	}
	seed := Seed([]string{"sha-256:b", "sha-256:a"}, secret)
	if got := hex.EncodeToString(seed); got != "ca11be586734815c7d841e5068f988f3131c729d832a435a818efcfe6d2cbcf4" {
		t.Errorf("seed %s", got)
	}
	ids := []uuid.UUID{uuid.MustParse("0197f000-0000-7000-8000-000000000001"), uuid.MustParse("0197f000-0000-7000-8000-000000000002"), uuid.MustParse("0197f000-0000-7000-8000-000000000003")}
	var order []byte
	for _, id := range Draw(seed, ids, 5) {
		order = append(order, '0'+id[15])
	}
	if string(order) != "321" {
		t.Errorf("order %s", order)
	}
}

func TestADrawDependsOnSeedAndCandidatesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		ids := make([]uuid.UUID, rapid.IntRange(1, 20).Draw(t, "candidates"))
		for i := range ids {
			ids[i] = uuid.New()
		}
		n := rapid.IntRange(0, 25).Draw(t, "n")
		got := Draw(seed, ids, n)
		turned := slices.Clone(ids)
		slices.Reverse(turned)
		if !slices.Equal(got, Draw(seed, append(turned, ids[0]), n)) {
			t.Fatal("the order of candidates, or giving one twice, makes a difference")
		}
		if len(got) != min(n, len(ids)) {
			t.Fatalf("%d drawn of %d, %d wanted", len(got), len(ids), n)
		}
		if more := Draw(seed, ids, n+1); !slices.Equal(more[:len(got)], got) {
			t.Fatal("who is drawn first depends on how many are")
		}
		// Whoever leaves changes nothing among the others.
		gone := ids[rapid.IntRange(0, len(ids)-1).Draw(t, "gone")]
		without := func(list []uuid.UUID) []uuid.UUID {
			return slices.DeleteFunc(slices.Clone(list), func(id uuid.UUID) bool { return id == gone })
		}
		if !slices.Equal(without(Draw(seed, ids, len(ids))), Draw(seed, without(ids), len(ids))) {
			t.Fatal("who is not there changes the order of the others")
		}
	})
}

// Over many seeds each candidate is drawn about as often as any other: the bound is some six standard deviations.
func TestADrawFavoursNobody(t *testing.T) {
	ids := make([]uuid.UUID, 10)
	for i := range ids {
		ids[i] = uuid.New()
	}
	const rounds = 3000
	count := map[uuid.UUID]int{}
	for i := range rounds {
		for _, id := range Draw(Seed([]string{hex.EncodeToString([]byte{byte(i), byte(i >> 8)})}, ids[0][:]), ids, 3) {
			count[id]++
		}
	}
	for _, id := range ids {
		if n := count[id]; n < rounds*3/10-150 || n > rounds*3/10+150 {
			t.Errorf("%s is drawn %d times of %d", id, n, rounds)
		}
	}
}

func TestADrawIsChecked(t *testing.T) {
	secret, commitment := NewSecret()
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	d := Drawing{Commitment: commitment, Secret: secret, Receipts: []string{"r1", "r2"}, Wanted: 2, Excluded: []Excluded{{ids[0], "同一单位"}}}
	for _, id := range ids {
		d.Candidates = append(d.Candidates, Candidate{Account: id})
	}
	drawn := d.drawn()
	if err := d.Check(drawn); err != nil || len(drawn) != 2 || slices.Contains(drawn, ids[0]) {
		t.Errorf("%v, %v", drawn, err)
	}
	redraw := d
	redraw.Before = drawn[:1]
	if next := redraw.drawn(); next[0] != drawn[1] {
		t.Error("a redraw does not go on in the same order")
	}
	other := d
	other.Secret, _ = NewSecret()
	for name, err := range map[string]error{
		"other people":   d.Check([]uuid.UUID{drawn[1], drawn[0]}),
		"another secret": other.Check(other.drawn()),
		"nobody":         d.Check(nil),
	} {
		if err == nil {
			t.Errorf("%s pass", name)
		}
	}
}
