package files_test

import (
	"bytes"
	"errors"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/files"
	"jiebang/internal/keys"
)

// A key goes when nothing is sealed by it any more; whoever reads or sends meanwhile notices nothing.
func TestKeysAreTurnedOver(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		service := keys.New(c.Unit, d.keys, d.files.Holder())
		old := d.keys.Newest().ID
		data := pdf(5 * mega)
		first, second, public := d.hang("一.pdf", data, false), d.hang("二.pdf", data, false), d.hang("三.pdf", data, true)
		sending := d.begin("四.pdf", len(data), false)
		sending = d.send(sending.ID, 0, data[:3*mega])
		reading, err := d.files.Open(t.Context(), d.owner.Editor.Actor, first.ID)
		c.Must(err)
		defer func() { c.Must(reading.Close()) }()

		_, err = service.Rotate(t.Context(), c.Operator)
		c.Must(err)
		if err := service.Retire(t.Context(), c.Operator, old); !errors.Is(err, keys.ErrInUse) {
			c.Errorf("a key in use: %v", err)
		}
		turned, err := service.Reseal(t.Context(), c.Operator, func(int64) {})
		if err != nil || turned.Done != 2 || len(turned.Broken) > 0 {
			c.Errorf("%+v, %v", turned, err)
		}
		if err := service.Retire(t.Context(), c.Operator, old); !errors.Is(err, keys.ErrInUse) {
			c.Errorf("a key by which an upload is under way: %v", err)
		}
		d.send(sending.ID, sending.Received, data[sending.Received:])
		third, err := d.complete(sending.ID)
		c.Must(err)
		turned, err = service.Reseal(t.Context(), c.Operator, func(int64) {})
		if err != nil || turned.Done != 1 {
			c.Errorf("%+v, %v", turned, err)
		}
		c.Must(service.Retire(t.Context(), c.Operator, old))
		for _, v := range []files.View{first, second, third, public} {
			if got, err := d.read(d.owner.Second.Actor, v.ID); err != nil || !bytes.Equal(got, data) {
				c.Errorf("%s: %d bytes, %v", v.Name, len(got), err)
			}
		}
		if report, err := d.files.Verify(t.Context()); err != nil || len(report.Problems) > 0 || report.Contents != 4 {
			c.Errorf("%+v, %v", report, err)
		}
	})
}
