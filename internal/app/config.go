package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is what the environment says. Every setting has a default that works; only fields marked show are ever printed, so
// that a new secret cannot slip into a log by being forgotten.
type Config struct {
	Addr        string        `env:"JIEBANG_ADDR" envDefault:"127.0.0.1:8080" show:"true"` // where HTTP listens
	DatabaseURL string        `env:"DATABASE_URL"`                                         // PostgreSQL; empty uses SQLite in Data
	Data        string        `env:"JIEBANG_DATA" envDefault:"./data" show:"true"`         // folder of this process: index, and the embedded database
	DBConns     int           `env:"JIEBANG_DB_CONNS" envDefault:"16" show:"true"`         // PostgreSQL connections at most
	LogLevel    slog.Level    `env:"JIEBANG_LOG_LEVEL" envDefault:"INFO" show:"true"`      // DEBUG, INFO, WARN or ERROR
	LogFormat   string        `env:"JIEBANG_LOG_FORMAT" envDefault:"text" show:"true"`     // text or json
	Grace       time.Duration `env:"JIEBANG_SHUTDOWN_GRACE" envDefault:"20s" show:"true"`  // how long running requests may take at the end
	Busy        time.Duration `env:"JIEBANG_SQLITE_BUSY" envDefault:"5s" show:"true"`      // how long SQLite waits for another writer
	Poll        time.Duration `env:"JIEBANG_RELAY_POLL" envDefault:"200ms" show:"true"`    // how soon Changes of other processes are noticed
}

// ReadConfig reads and checks the environment; each complaint names its variable.
func ReadConfig() (Config, error) {
	c, err := env.ParseAs[Config]()
	if err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	var bad []error
	complain := func(ok bool, format string, args ...any) {
		if !ok {
			bad = append(bad, fmt.Errorf(format, args...))
		}
	}
	_, _, err = net.SplitHostPort(c.Addr)
	complain(err == nil, "JIEBANG_ADDR must be host:port, such as 127.0.0.1:8080")
	complain(c.Data != "", "JIEBANG_DATA must name a folder")
	complain(c.DBConns >= 2 && c.DBConns <= 500, "JIEBANG_DB_CONNS must be between 2 and 500")
	complain(c.LogFormat == "text" || c.LogFormat == "json", "JIEBANG_LOG_FORMAT must be text or json")
	complain(c.Grace >= time.Second && c.Grace <= 10*time.Minute, "JIEBANG_SHUTDOWN_GRACE must be between 1s and 10m")
	complain(c.Busy >= 10*time.Millisecond && c.Busy <= time.Minute, "JIEBANG_SQLITE_BUSY must be between 10ms and 1m")
	complain(c.Poll >= 10*time.Millisecond && c.Poll <= time.Minute, "JIEBANG_RELAY_POLL must be between 10ms and 1m")
	return c, errors.Join(bad...)
}

// Lines lists the settings as the environment would give them; secrets show only whether they are set.
func (c Config) Lines() []string {
	var out []string
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		value := fmt.Sprint(v.Field(i).Interface())
		if tag.Get("show") != "true" && value != "" {
			value = "(set, not shown)"
		}
		out = append(out, tag.Get("env")+"="+value)
	}
	return out
}

// Logger makes the logger that the settings ask for.
func (c Config) Logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if strings.EqualFold(c.LogFormat, "json") {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
