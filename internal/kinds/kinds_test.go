package kinds_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

func TestARecordOfAnyKindIsReadByTheRulesOfItsOwn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		registry := kinds.New(results.Kind, needs.Kind)
		owner := c.Organization("盛北理工大学", "university", "210112")
		service := results.New(c.Unit)
		id := casttest.Create(c, owner.Editor, service.Create, results.Input{Owner: owner.ID, Content: results.Content{
			Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment", Keywords: []string{}, TransferModes: []string{},
		}})
		kind, record, err := registry.One(c.DB.Reader, owner.Second.Actor, "result", id)
		c.Must(err)
		if kind.ZH != "科技成果" || kind.Path != "/v1/results" || record.Base().ID != id {
			c.Errorf("%+v, %+v", kind, record)
		}
		for _, ask := range []struct {
			reader policy.Actor
			noun   string
			id     uuid.UUID
		}{{policy.Actor{}, "result", id}, {owner.Editor.Actor, "need", id}, {owner.Editor.Actor, "result", uuid.New()}, {owner.Editor.Actor, "nothing", id}} {
			_, _, err := registry.One(c.DB.Reader, ask.reader, ask.noun, ask.id)
			c.Refused(err, fault.NotVisible)
		}
		if public, err := kind.After(c.DB.Reader, uuid.Nil, 10); err != nil || len(public) != 0 {
			c.Errorf("a draft is among what a visitor may know of: %v, %v", public, err)
		}
		if every, err := kind.Every(c.DB.Reader, uuid.Nil, 10); err != nil || len(every) != 1 {
			c.Errorf("a draft is not among all: %v, %v", every, err)
		}
		if after, err := kind.Every(c.DB.Reader, id, 10); err != nil || len(after) != 0 {
			c.Errorf("behind the last of all: %v, %v", after, err)
		}
		casttest.Change(c, owner.Editor, service.Submit, id, 1)
		casttest.Change(c, owner.Second, service.Publish, id, 2)
		if public, err := kind.After(c.DB.Reader, uuid.Nil, 10); err != nil || len(public) != 1 {
			c.Errorf("what is public: %v, %v", public, err)
		}
		if after, err := kind.After(c.DB.Reader, id, 10); err != nil || len(after) != 0 {
			c.Errorf("behind the last: %v, %v", after, err)
		}
	})
}

func TestTheRegistryRefusesWhatIsNotWhole(t *testing.T) {
	halved, alone := results.Kind, results.Kind
	halved.Edit = ""
	for name, all := range map[string][]kinds.Kind{
		"twice": {results.Kind, needs.Kind, results.Kind}, "without a rule": {halved, needs.Kind}, "matched with nothing": {alone},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: went through", name)
				}
			}()
			kinds.New(all...)
		}()
	}
}
