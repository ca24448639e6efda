package app

import (
	"errors"
	"path/filepath"

	"jiebang/search"
	"jiebang/search/embed"
)

// vectors is the client of the embedding endpoint, with what it remembers in the data folder. Nil is a system without one.
type vectors struct {
	client *embed.Client
	cache  *embed.Cache
}

// openVectors returns nil if no endpoint is configured.
func openVectors(c Config) (*vectors, error) {
	if c.EmbedURL == "" {
		return nil, nil
	}
	cache, err := embed.OpenCache(filepath.Join(c.Data, "vectors"), 0)
	if err != nil {
		return nil, err
	}
	e := c.embedding()
	e.Cache = cache
	client, err := embed.New(e)
	if err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	return &vectors{client, cache}, nil
}

func (v *vectors) options(c Config) search.Options {
	if v == nil {
		return search.Options{}
	}
	return search.Options{Embed: v.client.Embed, EmbedWait: c.EmbedTimeout}
}

func (v *vectors) close() error {
	if v == nil {
		return nil
	}
	v.client.Close()
	return v.cache.Close()
}
