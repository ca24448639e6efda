package apitest

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"

	"jiebang/api/edge"
	"jiebang/internal/work"
)

// Counter counts the SQL statements of requests; those of the background are told by their context and left out.
type Counter struct {
	n     atomic.Int64
	wrote sync.Map // transactions that have written, by their connection
	seen  atomic.Pointer[func(*gorm.DB)]
}

// See has fn see each statement of requests that reads, until it is given nil.
func (c *Counter) See(fn func(*gorm.DB)) {
	if fn == nil {
		c.seen.Store(nil)
		return
	}
	c.seen.Store(&fn)
}

// Reset starts counting anew.
func (c *Counter) Reset() { c.n.Store(0) }

// Count is how many statements requests have sent since Reset.
func (c *Counter) Count() int64 { return c.n.Load() }

// watch counts statements and notes the transactions that write.
func (c *Counter) watch(g *gorm.DB) error {
	count := func(db *gorm.DB) {
		if edge.RequestID(db.Statement.Context) != "" {
			c.n.Add(1)
		}
	}
	read := func(db *gorm.DB) {
		count(db)
		if see := c.seen.Load(); see != nil && edge.RequestID(db.Statement.Context) != "" {
			(*see)(db)
		}
	}
	write := func(db *gorm.DB) {
		count(db)
		// SQLite says of a statement that cannot write how many rows the one before it wrote.
		sql := db.Statement.SQL.String()
		if db.Error == nil && db.RowsAffected > 0 && !strings.HasPrefix(sql, "SAVEPOINT ") && !strings.HasPrefix(sql, "ROLLBACK TO ") {
			c.wrote.Store(db.Statement.ConnPool, true)
		}
	}
	return errors.Join(
		g.Callback().Query().After("gorm:query").Register("apitest:query", read),
		g.Callback().Row().After("gorm:row").Register("apitest:row", read),
		g.Callback().Raw().After("gorm:raw").Register("apitest:raw", write),
		g.Callback().Create().After("gorm:create").Register("apitest:create", write),
		g.Callback().Update().After("gorm:update").Register("apitest:update", write),
		g.Callback().Delete().After("gorm:delete").Register("apitest:delete", write),
	)
}

// audited refuses a transaction that has written and leaves no audit row.
func (c *Counter) audited(tx *work.Tx) error {
	_, wrote := c.wrote.LoadAndDelete(tx.Statement.ConnPool)
	if wrote && tx.Audits() == 0 {
		return errors.New("a use case wrote without an audit row: " + tx.Call.Operation)
	}
	return nil
}
