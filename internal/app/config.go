package app

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"jiebang/internal/accounts"
	"jiebang/internal/mail"
	"jiebang/internal/work"
	"jiebang/search/embed"
)

// Config is what the environment says. Every setting has a default that works; only fields marked show are ever printed, so
// that a new secret cannot slip into a log by being forgotten.
type Config struct {
	Addr        string        `env:"JIEBANG_ADDR" envDefault:"127.0.0.1:8080" show:"true"` // where HTTP listens
	DatabaseURL string        `env:"DATABASE_URL"`                                         // PostgreSQL; empty uses SQLite in Data
	MigrateURL  string        `env:"MIGRATE_DATABASE_URL"`                                 // PostgreSQL for migrate alone, by the role that owns the tables; empty uses DatabaseURL
	Data        string        `env:"JIEBANG_DATA" envDefault:"./data" show:"true"`         // folder of this process: index, and the embedded database
	DBConns     int           `env:"JIEBANG_DB_CONNS" envDefault:"16" show:"true"`         // PostgreSQL connections at most
	Files       string        `env:"JIEBANG_FILES" show:"true"`                            // where attachments lie: file:///folder or s3://bucket?…; empty uses Data
	LogLevel    slog.Level    `env:"JIEBANG_LOG_LEVEL" envDefault:"INFO" show:"true"`      // DEBUG, INFO, WARN or ERROR
	LogFormat   string        `env:"JIEBANG_LOG_FORMAT" envDefault:"text" show:"true"`     // text or json
	Grace       time.Duration `env:"JIEBANG_SHUTDOWN_GRACE" envDefault:"20s" show:"true"`  // how long running requests may take at the end
	Busy        time.Duration `env:"JIEBANG_SQLITE_BUSY" envDefault:"5s" show:"true"`      // how long SQLite waits for another writer
	Poll        time.Duration `env:"JIEBANG_RELAY_POLL" envDefault:"200ms" show:"true"`    // how soon Changes of other processes are noticed

	Reserve int `env:"JIEBANG_DISK_RESERVE_MIB" envDefault:"100" show:"true"` // room that stays free on the disk of the data folder, or a twentieth of a small one; 0 does not look

	Secrets string `env:"JIEBANG_SECRETS" show:"true"` // the secret file; empty is secrets.json in Data, beside the embedded database only

	Synonyms    string `env:"JIEBANG_SYNONYMS" show:"true"`                        // file of synonyms for search; empty uses the built-in table
	SearchCache int    `env:"JIEBANG_SEARCH_CACHE_MIB" envDefault:"0" show:"true"` // memory for the lists of the index; 0 goes by the machine

	EmbedURL     string        `env:"JIEBANG_EMBED_URL" show:"true"`                        // embedding endpoint; empty matches by the text alone
	EmbedModel   string        `env:"JIEBANG_EMBED_MODEL" show:"true"`                      // the model's name there
	EmbedKey     string        `env:"JIEBANG_EMBED_KEY"`                                    // bearer token for it; empty sends none
	EmbedTimeout time.Duration `env:"JIEBANG_EMBED_TIMEOUT" envDefault:"500ms" show:"true"` // how long a match waits for the vector of its text

	SMTP      string         `env:"JIEBANG_SMTP_URL"`                                                  // mail server; empty lays mails into the folder mails of Data
	MailFrom  string         `env:"JIEBANG_MAIL_FROM" envDefault:"揭榜 <jiebang@localhost>" show:"true"` // whom mails come from
	PublicURL string         `env:"JIEBANG_PUBLIC_URL" show:"true"`                                    // where people reach this system; empty takes the address it listens on
	AdminMail string         `env:"JIEBANG_ADMIN_MAIL" show:"true"`                                    // whom harvesters write to; empty takes the address that mails come from
	Proxies   []netip.Prefix `env:"JIEBANG_TRUSTED_PROXIES" show:"true"`                               // networks of proxies whose X-Forwarded-For is believed

	Origins []string `env:"JIEBANG_CORS_ORIGINS" show:"true"` // origins whose pages may read in browsers what every visitor may read; * for all

	WebhookNetworks []netip.Prefix `env:"JIEBANG_WEBHOOK_NETWORKS" show:"true"` // private networks in which webhooks may be received, such as 127.0.0.0/8 in a demo

	ClientLimit  Rate `env:"JIEBANG_LIMIT_CLIENT" envDefault:"50/2000" show:"true"`    // what a client may ask for without an account: units a second / at once
	AccountLimit Rate `env:"JIEBANG_LIMIT_ACCOUNT" envDefault:"200/10000" show:"true"` // what an account may ask for, wherever it calls from
	Requests     int  `env:"JIEBANG_LIMIT_REQUESTS" envDefault:"512" show:"true"`      // requests that are answered at once

	// PasswordCost is for tests alone, which hash many passwords: no variable sets it. Zero means the real cost.
	PasswordCost accounts.Cost `env:"-"`
}

func (c Config) passwordCost() accounts.Cost {
	if c.PasswordCost == (accounts.Cost{}) {
		return accounts.DefaultCost
	}
	return c.PasswordCost
}

// followers is how many calls may wait for changes at a time: a quarter of all.
func (c Config) followers() int { return max(1, cmp.Or(c.Requests, 512)/4) }

// ReadConfig reads and checks the environment; each complaint names its variable.
func ReadConfig() (Config, error) {
	c, err := env.ParseAs[Config]()
	if err != nil {
		return c, named(err)
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
	complain(c.Reserve >= 0 && c.Reserve <= 1_000_000, "JIEBANG_DISK_RESERVE_MIB must be between 0 and 1000000")
	complain(c.SearchCache >= 0 && c.SearchCache <= 1_000_000, "JIEBANG_SEARCH_CACHE_MIB must be between 0 and 1000000")
	if c.EmbedURL != "" {
		_, err = embed.New(c.embedding())
		complain(err == nil, "JIEBANG_EMBED_URL, JIEBANG_EMBED_MODEL and JIEBANG_EMBED_KEY: %w", err)
	}
	complain(c.EmbedTimeout >= 10*time.Millisecond && c.EmbedTimeout <= 30*time.Second, "JIEBANG_EMBED_TIMEOUT must be between 10ms and 30s")
	_, err = c.mailServer()
	complain(err == nil, "JIEBANG_SMTP_URL %w", err)
	_, err = mail.ReadFrom(c.MailFrom)
	complain(err == nil, "JIEBANG_MAIL_FROM must be an address, such as 揭榜 <jiebang@example.org>")
	complain(c.AdminMail == "" || adminMail.MatchString(c.AdminMail), "JIEBANG_ADMIN_MAIL must be an address, such as data@example.org")
	_, err = mail.ReadPublic(c.public())
	complain(err == nil, "JIEBANG_PUBLIC_URL %w", err)
	complain(c.Requests >= 4 && c.Requests <= 100_000, "JIEBANG_LIMIT_REQUESTS must be between 4 and 100000")
	for _, origin := range c.Origins {
		complain(checkOrigin(origin), "JIEBANG_CORS_ORIGINS: %q is no origin, such as https://portal.example.cn, or * for all", origin)
	}
	complain(c.SMTP == "" || c.PublicURL != "" && c.MailFrom != defaultFrom, "JIEBANG_SMTP_URL needs JIEBANG_MAIL_FROM and JIEBANG_PUBLIC_URL beside it")
	return c, errors.Join(bad...)
}

var adminMail = regexp.MustCompile(`^[^\s@]+@([^\s@.]+\.)+[^\s@.]+$`)

// defaultFrom is for mails that are not sent.
const defaultFrom = "揭榜 <jiebang@localhost>"

// mailServer is nil where there is none.
func (c Config) mailServer() (*mail.Server, error) {
	if c.SMTP == "" {
		return nil, nil //nolint:nilnil // none is a setting like any other
	}
	return mail.ReadServer(c.SMTP)
}

func (c Config) public() string {
	if c.PublicURL == "" {
		return "http://" + cmp.Or(c.Addr, "localhost")
	}
	return c.PublicURL
}

// admin is the address of who answers for the system; harvesters take none without a dot in its host.
func (c Config) admin() string {
	if c.AdminMail != "" {
		return c.AdminMail
	}
	if from, err := mail.ReadFrom(cmp.Or(c.MailFrom, defaultFrom)); err == nil && strings.Contains(from.Address[strings.LastIndexByte(from.Address, '@')+1:], ".") {
		return from.Address
	}
	if u, err := url.Parse(c.public()); err == nil && strings.Contains(u.Hostname(), ".") && net.ParseIP(u.Hostname()) == nil {
		return "postmaster@" + u.Hostname()
	}
	return "postmaster@localhost.localdomain"
}

// post sends mails as the settings say; they have been checked.
func (c Config) post(unit *work.Unit) (*mail.Post, error) {
	server, err := c.mailServer()
	if err != nil {
		return nil, fmt.Errorf("JIEBANG_SMTP_URL %w", err)
	}
	from, err := mail.ReadFrom(cmp.Or(c.MailFrom, defaultFrom))
	if err != nil {
		return nil, fmt.Errorf("JIEBANG_MAIL_FROM: %w", err)
	}
	public, err := mail.ReadPublic(c.public())
	if err != nil {
		return nil, fmt.Errorf("JIEBANG_PUBLIC_URL %w", err)
	}
	return mail.NewPost(unit, mail.Sender{From: from, Public: public}, server, mail.Folder(c.Data)), nil
}

func (c Config) embedding() embed.Config {
	return embed.Config{URL: c.EmbedURL, Model: c.EmbedModel, Key: c.EmbedKey}
}

// named puts the variable's name before each complaint of the parser, which knows the field only.
func named(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	out := make([]error, len(all.Errors))
	for i, e := range all.Errors {
		out[i] = e
		var p env.ParseError
		if errors.As(e, &p) {
			if f, ok := reflect.TypeFor[Config]().FieldByName(p.Name); ok {
				out[i] = fmt.Errorf("%s: %w", f.Tag.Get("env"), p.Err)
			}
		}
	}
	return errors.Join(out...)
}

// checkOrigin tells whether a browser sends an origin so: a scheme, a host, perhaps a port, and nothing behind it.
func checkOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return origin == "*" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && origin == u.Scheme+"://"+u.Host
}

// files is where attachments lie.
func (c Config) files() (string, error) {
	if c.Files != "" {
		return c.Files, nil
	}
	dir, err := filepath.Abs(filepath.Join(c.Data, "files"))
	return (&url.URL{Scheme: "file", Path: dir}).String(), err
}

// MustExist complains when there is no database yet: a command that only looks must not make an empty one and find it well.
func (c Config) MustExist() error {
	if c.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.Data, "jiebang.db")); err != nil {
		return fmt.Errorf("there is no database in %s: set JIEBANG_DATA (the demo's is ./data/demo) or DATABASE_URL", c.Data)
	}
	return nil
}

// secrets is where the secret file is, and whether one may be made: beside the embedded database, before anything is sealed.
func (c Config) secrets() (path string, make bool, err error) {
	switch {
	case c.Secrets != "":
		return c.Secrets, c.DatabaseURL == "", nil
	case c.DatabaseURL == "":
		return filepath.Join(c.Data, "secrets.json"), true, nil
	}
	return "", false, errors.New("设有 DATABASE_URL 时须以 JIEBANG_SECRETS 指明密钥文件；第一份由 jiebang keys make 生成。 JIEBANG_SECRETS must name the secret file where DATABASE_URL is set; the first one is made by: jiebang keys make")
}

// Lines lists the settings as the environment would give them; secrets show only whether they are set.
func (c Config) Lines() []string {
	var out []string
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if tag.Get("env") == "-" {
			continue
		}
		value := fmt.Sprint(v.Field(i).Interface())
		if v.Field(i).Kind() == reflect.Slice { // as the environment would give it
			value = strings.ReplaceAll(strings.Trim(value, "[]"), " ", ",")
		}
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
