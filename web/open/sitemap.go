package open

import (
	"encoding/xml"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/web/site"
)

// listed are the collections whose public records search engines are told of, by the list that has them.
var listed = map[string]struct{ operation, state string }{
	"results": {"listResults", "published"}, "needs": {"listNeeds", "open"}, "teams": {"listTeams", "published"}, "notices": {"listNotices", ""}, "brokers": {"listBrokers", ""},
}

const sitemapMost = 50_000 // addresses, by the protocol of sitemaps

// sitemaps lists the lists; each of them, and the pages that are no records, stands in one of its own.
func sitemaps(p *site.Page) error {
	type entry struct {
		Loc string `xml:"loc"`
	}
	index := struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Maps    []entry  `xml:"sitemap"`
	}{}
	for _, name := range []string{"pages", "results", "needs", "challenges", "teams", "notices", "brokers"} {
		index.Maps = append(index.Maps, entry{p.App.Public + "/sitemap/" + name})
	}
	return sendXML(p, index)
}

// sitemap lists the public records of a collection: what a visitor may read now, and nothing else.
func sitemap(p *site.Page) error {
	type entry struct {
		Loc     string `xml:"loc"`
		Changed string `xml:"lastmod,omitempty"`
	}
	out := struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []entry  `xml:"url"`
	}{}
	visitor := p.AsVisitor()
	name := p.Context.Param("name")
	switch from, ok := listed[name]; {
	case name == "pages":
		for _, path := range []string{"/", "/match", "/results", "/needs", "/challenges", "/teams", "/brokers", "/notices", "/turnover", "/funnel", "/indicators", "/reports", "/proof", "/developers", "/check"} {
			out.URLs = append(out.URLs, entry{Loc: p.App.Public + path})
		}
		return sendXML(p, out)
	case name == "challenges":
		from.operation = "searchHall"
		fallthrough
	case ok:
		query := url.Values{"limit": {"100"}}
		if from.state != "" {
			query.Set("state", from.state)
		}
		for len(out.URLs) < sitemapMost {
			page, err := site.Get[struct {
				Items []struct {
					ID        string `json:"id"`
					UpdatedAt string `json:"updated_at"`
				} `json:"items"`
				Next string `json:"next_cursor"`
			}](visitor, from.operation, "", query)
			if err != nil {
				return err
			}
			for _, r := range page.Items {
				out.URLs = append(out.URLs, entry{p.App.Public + "/" + name + "/" + r.ID, r.UpdatedAt})
			}
			if page.Next == "" {
				break
			}
			query.Set("cursor", page.Next)
		}
		return sendXML(p, out)
	}
	return fault.NotVisible.New()
}

func sendXML(p *site.Page, v any) error {
	text, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	p.Context.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=3600")
	return p.Context.Blob(http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), text...))
}

func robots(p *site.Page) error {
	p.Context.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=3600")
	return p.Context.String(http.StatusOK, "User-agent: *\nDisallow: /desk\nDisallow: /do/\nDisallow: /look/\nDisallow: /v1/\nDisallow: /find\nSitemap: "+p.App.Public+"/sitemap.xml\n")
}
