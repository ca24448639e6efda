package site

import "encoding/json"

// SetStructured puts schema.org's description of a record into the page, as JSON-LD: a block of data, which no browser runs. It says what everybody
// may read, so whoever makes one leaves out what a reader sees as a member. What is nil or empty is absent.
func (p *Page) SetStructured(kind string, said map[string]any) {
	said["@context"], said["@type"], said["url"] = "https://schema.org", kind, p.App.Public+p.Canonical
	if kind == "CreativeWork" {
		said["inLanguage"] = "zh-CN"
	}
	for name, value := range said {
		switch v := value.(type) {
		case nil:
			delete(said, name)
		case string:
			if v == "" {
				delete(said, name)
			}
		case []string:
			if len(v) == 0 {
				delete(said, name)
			}
		case map[string]any:
			if v == nil {
				delete(said, name)
			}
		}
	}
	text, err := json.Marshal(said) // which escapes <, > and &: nothing in it ends its element
	if err == nil {
		p.Structured = string(text)
	}
}

// Named is a thing of which a name is told; nil where none is.
func Named(kind, name string) map[string]any {
	if name == "" {
		return nil
	}
	return map[string]any{"@type": kind, "name": name}
}
