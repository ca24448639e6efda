package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// listCodes says of each operation which codes it may be refused with: its own, as openapi/words/codes.yaml lists them, and those that
// follow from what it takes. The tests hold every refusal that they meet to the list.
func (w words) listCodes(root *yaml.Node) {
	for _, item := range values(at(root, "paths")) {
		for method, operation := range pairs(item) {
			id := at(operation, "operationId")
			if id == nil {
				continue
			}
			codes := append(slices.Clone(w.codes[id.Value]), general(root, item, method.Value, operation)...)
			slices.Sort(codes)
			codes = slices.Compact(codes)
			list := sequence()
			var links []string
			for _, code := range codes {
				list.Content = append(list.Content, scalar(code))
				links = append(links, "[`"+code+"`](/problems/"+code+")")
			}
			text := "可能的错误 Codes: " + strings.Join(links, " ")
			if d := at(operation, "description"); d != nil {
				text = strings.TrimSpace(d.Value) + "\n\n" + text
			}
			set(operation, "description", text+"\n")
			setNode(operation, "x-codes", list)
		}
	}
}

// general are the codes that any operation of this form may be refused with.
func general(root, item *yaml.Node, method string, operation *yaml.Node) []string {
	codes := []string{"invalid_input", "rate_limited", "overloaded", "database_unavailable", "internal_error"}
	switch security := at(operation, "security"); {
	case security == nil:
		codes = append(codes, "sign_in_required", "token_invalid", "not_allowed")
	case len(security.Content) > 0:
		codes = append(codes, "token_invalid")
	}
	if at(operation, "requestBody") != nil {
		codes = append(codes, "malformed_body", "body_too_large", "unsupported_media_type", "request_timeout")
	}
	for _, list := range []*yaml.Node{at(item, "parameters"), at(operation, "parameters")} {
		for _, p := range orEmpty(list).Content {
			if name, ok := strings.CutPrefix(refOf(p), "#/components/parameters/"); ok {
				p = at(root, "components", "parameters", name)
			}
			name, in := at(p, "name"), at(p, "in")
			if name == nil || in == nil {
				continue
			}
			switch {
			case in.Value == "path":
				codes = append(codes, "not_found")
			case name.Value == "If-Match":
				codes = append(codes, "version_required", "version_stale", "wrong_state")
			case name.Value == "Idempotency-Key":
				codes = append(codes, "idempotency_key_reused")
				if required := at(p, "required"); required != nil && required.Value == "true" {
					codes = append(codes, "idempotency_key_required")
				}
			case name.Value == "cursor":
				codes = append(codes, "invalid_cursor")
			}
		}
	}
	if method != "get" {
		codes = append(codes, "not_allowed")
	}
	return codes
}
