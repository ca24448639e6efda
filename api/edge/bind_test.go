package edge_test

import (
	"context"
	"net/http"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Every kind of parameter, some with a default.
const parameters = `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {'/v1/x/{id}/{name}': {get: {operationId: getX, tags: [a],
	parameters: [
		{name: id, in: path, required: true, schema: {type: string, format: uuid}},
		{name: name, in: path, required: true, schema: {type: string}},
		{name: text, in: query, schema: {type: string}},
		{name: kind, in: query, schema: {type: string, enum: [a, b]}},
		{name: owner, in: query, schema: {type: string, format: uuid}},
		{name: day, in: query, schema: {type: string, format: date}},
		{name: at, in: query, schema: {type: string, format: date-time}},
		{name: n, in: query, schema: {type: integer}},
		{name: flag, in: query, schema: {type: boolean}},
		{name: by, in: query, schema: {type: string, default: month}},
		{name: since, in: query, schema: {type: string, format: date, default: '2026-01-31'}},
		{name: most, in: query, schema: {type: integer, default: -123456789}},
		{name: all, in: query, schema: {type: boolean, default: true}},
		{name: none, in: query, schema: {type: boolean, default: false}}],
	responses: {'204': {description: d}}}}}}`

type kind string

// plain takes each parameter by its value.
type plain struct {
	ID    uuid.UUID `path:"id"`
	Name  string    `path:"name"`
	Text  string    `query:"text"`
	Kind  kind      `query:"kind"`
	Owner uuid.UUID `query:"owner"`
	Day   when.Day  `query:"day"`
	At    string    `query:"at"`
	N     int       `query:"n"`
	Flag  bool      `query:"flag"`
	By    kind      `query:"by"`
	Since when.Day  `query:"since"`
	Most  int64     `query:"most"`
	All   bool      `query:"all"`
	None  bool      `query:"none"`
	Other string    // somebody else's
}

// pointers tell absent from zero.
type pointers struct {
	ID    *uuid.UUID `path:"id"`
	Name  *string    `path:"name"`
	Text  *string    `query:"text"`
	Kind  *kind      `query:"kind"`
	Owner *uuid.UUID `query:"owner"`
	Day   *when.Day  `query:"day"`
	At    *string    `query:"at"`
	N     *int64     `query:"n"`
	Flag  *bool      `query:"flag"`
	By    *kind      `query:"by"`
	Since *when.Day  `query:"since"`
	Most  *int       `query:"most"`
	All   *bool      `query:"all"`
	None  *bool      `query:"none"`
}

// Structs share their fields by embedding, at any depth.
type (
	Named struct {
		ID   uuid.UUID `path:"id"`
		Name string    `path:"name"`
	}
	defaults struct {
		By    string   `query:"by"`
		Since when.Day `query:"since"`
		Most  int      `query:"most"`
		All   bool     `query:"all"`
		None  bool     `query:"none"`
	}
	middle   struct{ defaults }
	embedded struct {
		Named
		middle
		Text  string    `query:"text"`
		Kind  string    `query:"kind"`
		Owner uuid.UUID `query:"owner"`
		Day   when.Day  `query:"day"`
		At    string    `query:"at"`
		N     int64     `query:"n"`
		Flag  bool      `query:"flag"`
	}
)

func TestParametersAreBound(t *testing.T) {
	const (
		path  = "/v1/x/0197F000-0000-7000-8000-00000000000A/a%2Fb%20%E7%81%AB"
		whole = "?text=%E5%85%89+%26%3D%25&kind=b&owner=0197f000-0000-7000-8000-000000000002&day=2024-02-29&at=2026-01-31T08:00:00.5%2B08:00" +
			"&n=-9223372036854775808&flag=true&by=day&since=1900-01-01&most=0&all=false&none=true"
	)
	id, owner := uuid.MustParse("0197f000-0000-7000-8000-00000000000a"), uuid.MustParse("0197f000-0000-7000-8000-000000000002")
	leap, jan, first := when.MustDay("2024-02-29"), when.MustDay("2026-01-31"), when.MustDay("1900-01-01")
	for _, c := range []struct {
		name, target string
		bind         func(t *testing.T, target string) any
		want         any
	}{
		{"all", path + whole, boundTo[plain], plain{
			id, "a/b 火", "光 &=%", "b", owner, leap, "2026-01-31T08:00:00.5+08:00", -1 << 63, true, "day", first, 0, false, true, "",
		}},
		{"defaults", path, boundTo[plain], plain{ID: id, Name: "a/b 火", By: "month", Since: jan, Most: -123456789, All: true}},
		{"zeros", path + "?n=0&flag=false", boundTo[plain], plain{ID: id, Name: "a/b 火", By: "month", Since: jan, Most: -123456789, All: true}},
		{"all by pointers", path + whole, boundTo[pointers], pointers{
			&id, new("a/b 火"), new("光 &=%"), new(kind("b")), &owner, &leap, new("2026-01-31T08:00:00.5+08:00"), new(int64(-1 << 63)), new(true),
			new(kind("day")), &first, new(0), new(false), new(true),
		}},
		{"absent pointers", path, boundTo[pointers], pointers{
			ID: &id, Name: new("a/b 火"), By: new(kind("month")), Since: &jan, Most: new(-123456789), All: new(true), None: new(false),
		}},
		{"zero pointers", path + "?n=0&flag=false", boundTo[pointers], pointers{
			ID: &id, Name: new("a/b 火"), N: new(int64(0)), Flag: new(false),
			By: new(kind("month")), Since: &jan, Most: new(-123456789), All: new(true), None: new(false),
		}},
		{"embedded", path + whole, boundTo[embedded], embedded{
			Named{id, "a/b 火"}, middle{defaults{"day", first, 0, false, true}},
			"光 &=%", "b", owner, leap, "2026-01-31T08:00:00.5+08:00", -1 << 63, true,
		}},
		{"embedded defaults", path, boundTo[embedded], embedded{
			Named: Named{id, "a/b 火"}, middle: middle{defaults{"month", jan, -123456789, true, false}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.bind(t, c.target); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want\n%+v", got, c.want)
			}
		})
	}
}

// boundTo sends a request to an operation that binds to a Q.
func boundTo[Q any](t *testing.T, target string) any {
	t.Helper()
	e := edge.New(specOf(t, parameters), anybody, never)
	var got Q
	edge.Plain(e, "getX", func(_ context.Context, _ work.Call, q Q) (edge.None, error) {
		got = q
		return edge.None{}, nil
	})
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if w := ask(e, "GET", target, ""); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return got
}

// One request leaves nothing behind for the next.
func TestEachRequestBindsAnew(t *testing.T) {
	e := edge.New(specOf(t, parameters), anybody, never)
	var got []pointers
	edge.Plain(e, "getX", func(_ context.Context, _ work.Call, q pointers) (edge.None, error) {
		got = append(got, q)
		return edge.None{}, nil
	})
	for _, query := range []string{"?text=a&n=1", "", "?text=b"} {
		ask(e, "GET", "/v1/x/"+aThing+"/a"+query, "")
	}
	if len(got) != 3 || *got[0].Text != "a" || got[1].Text != nil || got[1].N != nil || *got[2].Text != "b" || got[2].N != nil {
		t.Errorf("%+v", got)
	}
}
