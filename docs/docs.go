// Package docs holds the pages for those who use the system, which the program also serves.
package docs

import "embed"

// Pages are the Markdown pages and the diagrams that they show.
//
//go:embed *.md states/*.svg
var Pages embed.FS
