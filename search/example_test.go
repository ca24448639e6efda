package search_test

import (
	"context"
	"fmt"
	"os"

	"jiebang/search"
)

func Example() {
	dir, err := os.MkdirTemp("", "search-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	index, err := search.Open(dir, search.Options{})
	if err != nil {
		panic(err)
	}
	defer index.Close()

	ctx := context.Background()
	err = index.Apply(ctx, search.Batch{
		Put: []search.Document{
			{ID: "r1", Kind: "result", Title: "耐黄变水性聚氨酯涂料", Abstract: "以脂肪族异氰酸酯制备水性聚氨酯,白色漆膜经紫外老化后黄变小。"},
			{ID: "r2", Kind: "result", Title: "锂电池回收工艺", Abstract: "湿法冶金回收钴和镍。"},
		},
		Place: 7, // in the caller's log of changes
	})
	if err != nil {
		panic(err)
	}

	page, err := index.Search(ctx, search.Query{Text: "涂料 黄变"})
	if err != nil {
		panic(err)
	}
	fmt.Println(page.Total, page.Reading, page.Hits[0].ID)

	matches, err := index.Match(ctx, search.Probe{Title: "白色漆面三个月就发黄", Text: "想要紫外照射下不变黄的水性涂料。", Kind: "result"})
	if err != nil {
		panic(err)
	}
	for _, p := range matches[0].Phrases[:3] {
		fmt.Println(p.Text, p.Found)
	}
	// Output:
	// 1 all r1
	// 白色漆 白色漆
	// 涂料 涂料
	// 紫外 紫外
}
