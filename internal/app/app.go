// Package app wires everything together. It is the only package that knows all capabilities and all who react to Changes.
package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"jiebang/internal/accounts"
	"jiebang/internal/apikeys"
	"jiebang/internal/benefits"
	"jiebang/internal/challenges"
	"jiebang/internal/changes"
	"jiebang/internal/commissions"
	"jiebang/internal/complaints"
	"jiebang/internal/contracts"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/exchange"
	"jiebang/internal/external"
	"jiebang/internal/files"
	"jiebang/internal/harvest"
	"jiebang/internal/inbox"
	"jiebang/internal/indicators"
	"jiebang/internal/jobs"
	"jiebang/internal/keys"
	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/listing"
	"jiebang/internal/mail"
	"jiebang/internal/mandates"
	"jiebang/internal/match"
	"jiebang/internal/needs"
	"jiebang/internal/notices"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
	"jiebang/internal/ref"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/review"
	"jiebang/internal/seal"
	"jiebang/internal/teams"
	"jiebang/internal/webhooks"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/search"
)

// App is the running system without its HTTP edge.
type App struct {
	DB    *db.DB
	Unit  *work.Unit
	Relay *relay.Relay
	Index *match.Index
	Kinds *kinds.Registry
	Jobs  *jobs.Runner
	Keys  *keys.Service

	External *external.Service
	Files    *files.Service
	Ref      *ref.Service

	Accounts  *accounts.Service
	APIKeys   *apikeys.Service
	Orgs      *orgs.Service
	Offices   *offices.Service
	Control   *control.Service
	People    *people.Service
	Results   *results.Service
	Needs     *needs.Service
	Teams     *teams.Service
	Match     *match.Service
	Deals     *deals.Service
	Ledger    *ledger.Service
	Contracts *contracts.Service
	Mandates  *mandates.Service
	Notices   *notices.Service
	Review    *review.Service

	Complaints  *complaints.Service
	Commissions *commissions.Service
	Benefits    *benefits.Service
	Inbox       *inbox.Service
	Changes     *changes.Service
	Webhooks    *webhooks.Service

	Programmes *programmes.Service
	Challenges *challenges.Service
	Projects   *projects.Service

	Indicators *indicators.Service

	Exchange *exchange.Service
	Harvest  *harvest.Service

	Mails   *mail.Service
	Proxies []netip.Prefix // whose word about where a request comes from is believed
	Limits  Limits         // of callers
	Origins []string       // whose pages may read in browsers what every visitor may read
	Public  string         // the address at which people reach the system, without a slash at its end
	Admin   string         // the address of mail of who answers for the system
	Secure  bool           // that is by HTTPS: cookies are sent over nothing else

	sessions *work.Recent[[sha256.Size]byte, policy.Actor]
	vectors  *vectors // nil without an embedding endpoint
	store    *files.Store
	secrets  *seal.Keys
	lock     *flock.Flock
	disk     *disk
}

// ErrDataInUse says that another process has the data folder.
var ErrDataInUse = errors.New("another process uses the data folder")

// Open opens the data folder, the database and the index, and makes every service; nothing runs in the background until
// Start. The embedded database is migrated; a PostgreSQL of an older schema is refused.
func Open(ctx context.Context, c Config, clock when.Clock, options ...work.Option) (*App, error) {
	a := &App{}
	err := a.openRecords(ctx, c, clock, options)
	if err == nil {
		err = a.openIndex(c)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// OpenRecords is Open without search and match, for commands that need neither. On PostgreSQL they may run beside a server.
func OpenRecords(ctx context.Context, c Config, clock when.Clock) (*App, error) {
	a := &App{}
	if err := a.openRecords(ctx, c, clock, nil); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) openRecords(ctx context.Context, c Config, clock when.Clock, options []work.Option) (err error) {
	if c.DatabaseURL == "" { // the embedded database is in the folder
		if err := a.takeFolder(c.Data); err != nil {
			return err
		}
	}
	if a.DB, err = db.Open(ctx, db.Options{URL: c.DatabaseURL, Dir: c.Data, MaxConns: c.DBConns, Busy: c.Busy}); err != nil {
		return err
	}
	if a.DB.Dialect == db.SQLite {
		err = a.DB.Migrate(ctx)
	} else {
		err = a.DB.CheckSchema(ctx)
	}
	if err != nil {
		return err
	}
	a.disk = &disk{dir: c.Data, reserve: int64(c.Reserve) << 20, holds: a.DB.Dialect == db.SQLite, room: room}
	path, make, err := c.secrets()
	if err != nil {
		return err
	}
	if a.secrets, err = keys.Open(a.DB.Reader.WithContext(ctx), path, make); err != nil {
		return err
	}
	a.Relay = relay.New(a.DB, clock, c.Poll)
	if err := a.Relay.Identify(ctx); err != nil {
		return err
	}
	a.Unit = work.New(a.DB, clock, a.Relay.Wake, append(options, work.WithSecrets(a.secrets), work.WithRefusal(a.disk.refuse))...)
	a.sessions = newSessions(a.Unit.Commits)
	a.Kinds = kinds.New(results.Kind, needs.Kind, teams.Kind, challenges.Kind(challenges.New(a.Unit)), deals.Kind, contracts.Kind, notices.Kind, challenges.BidKind(challenges.New(a.Unit)),
		projects.MilestoneKind, exchange.Kind, exchange.ReconciliationKind)
	a.External = external.New(a.Unit, a.Kinds)
	if err := a.openFiles(ctx, c); err != nil {
		return err
	}
	a.Ref = ref.New(a.Unit)
	a.Accounts = accounts.New(a.Unit, c.passwordCost())
	a.APIKeys = apikeys.New(a.Unit, a.Accounts, a.parts)
	a.Orgs = orgs.New(a.Unit)
	a.Offices = offices.New(a.Unit)
	a.Control = control.New(a.Unit)
	a.People = people.New(a.Unit)
	a.Accounts.AtEnd(orgs.AccountEnds, people.AccountEnds, match.AccountEnds)
	a.Accounts.KnownBy(orgs.NamesOf)
	a.Results = results.New(a.Unit)
	a.Needs = needs.New(a.Unit)
	a.Teams = teams.New(a.Unit)
	a.Orgs.AtSuspension(listing.Hold("result", "results", results.Published), listing.Hold("need", "needs", needs.Open), listing.Hold("team", "teams", teams.Published))
	a.Complaints = complaints.New(a.Unit, a.Kinds)
	a.Mandates = mandates.New(a.Unit)
	a.Deals = deals.New(a.Unit)
	a.Ledger = ledger.New(a.Unit)
	a.Contracts = contracts.New(a.Unit, a.secrets, a.Kinds)
	a.Exchange = exchange.New(a.Unit, a.Files, a.actorOf, a.Results, a.Needs, a.Teams, a.Contracts)
	a.Commissions = commissions.New(a.Unit)
	a.Benefits = benefits.New(a.Unit)
	a.Changes = changes.New(a.Unit, a.Relay, a.secrets, c.Poll, c.followers())
	a.Webhooks = webhooks.New(a.Unit, a.DB, c.WebhookNetworks, c.Poll)
	a.Harvest = harvest.New(a.Unit, a.DB, a.Kinds, a.Ledger, a.secrets)
	a.Inbox = inbox.New(a.Unit, a.Kinds, a.actorOf)
	a.Notices = notices.New(a.Unit, a.secrets)
	a.Review = review.New(a.Unit)
	a.Programmes = programmes.New(a.Unit)
	a.Challenges = challenges.New(a.Unit)
	a.Review.AskTies("challenge", challenges.Tied)
	a.Projects = projects.New(a.Unit)
	a.Indicators = indicators.New(a.Unit, a.Ledger, a.Projects)
	a.Contracts.PayWithin(projects.Bound)
	a.Contracts.Concerning(benefits.Concerned)
	a.Contracts.At(c.public())
	a.Keys = keys.New(a.Unit, a.secrets, contracts.Persons, notices.Contents, a.Files.Holder(), mail.Secrets, webhooks.Secrets, keys.Inners)
	a.Mails, a.Proxies, a.Origins = mail.New(a.Unit), c.Proxies, c.Origins
	a.Public = strings.TrimSuffix(c.public(), "/")
	a.Admin = c.admin()
	a.Secure = strings.HasPrefix(a.Public, "https://")
	a.Limits = Limits{c.ClientLimit, c.AccountLimit, c.Requests}
	post, err := c.post(a.Unit)
	if err != nil {
		return err
	}
	a.Inbox.Renewing(post)
	a.Jobs = jobs.New(a.Unit, a.DB, clock, c.Poll, a.Relay.Woken, append(post.Handlers(),
		needs.Expiry(), results.Dormancy(), a.Exchange.Handler(), a.Exchange.CompareHandler(), a.Exchange.TakeHandler(), deals.Lapsing(),
		jobs.Together(ref.CalendarLoaded, contracts.DueDays, notices.DueDays, challenges.DueDays), challenges.Reminder(),
		contracts.Lookups(), contracts.Places(), contracts.Names(), notices.Ending(), projects.Lateness(),
		a.Inbox.Searches(), a.Accounts.Answerer(), a.Challenges.Handler(a.Files), a.Challenges.Prover(a.Files))...)
	return nil
}

// openFiles opens the store of attachments.
func (a *App) openFiles(ctx context.Context, c Config) error {
	address, err := c.files()
	if err == nil {
		a.store, err = files.OpenStore(ctx, address)
	}
	if err != nil {
		return fmt.Errorf("JIEBANG_FILES: %w", err)
	}
	a.Files = files.New(a.Unit, a.DB, a.Kinds, a.store, a.secrets)
	return nil
}

func (a *App) openIndex(c Config) (err error) {
	if err := a.takeFolder(c.Data); err != nil {
		return err
	}
	if a.vectors, err = openVectors(c); err != nil {
		return err
	}
	o := a.vectors.options(c)
	o.CacheBytes = c.SearchCache << 20
	if c.Synonyms != "" {
		if o.Synonyms, err = search.ReadSynonymsFile(c.Synonyms); err != nil {
			return fmt.Errorf("JIEBANG_SYNONYMS: %w", err)
		}
	}
	if a.Index, err = match.OpenIndex(c.Data, a.Unit, a.Kinds, a.Relay, o); err != nil {
		return err
	}
	a.Match = match.New(a.Unit, a.Index)
	return nil
}

// takeFolder makes the data folder if needed and keeps other processes out of it.
func (a *App) takeFolder(dir string) error {
	if a.lock != nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	// One of before may be open to others; closed, it keeps what is in it as well.
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder is entered
			slog.Warn("the data folder is open to others on this machine", "folder", dir, "cause", err)
		}
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	if !held {
		return fmt.Errorf("%w %s: stop it, or set JIEBANG_DATA to another folder", ErrDataInUse, dir)
	}
	a.lock = lock
	return nil
}

// Start runs the background: the stamper, everybody who reacts to Changes, recurring tasks and jobs. The embedded database has no other
// process, by the lock on its folder: what an earlier one held is free.
func (a *App) Start() {
	if a.DB.Dialect == db.SQLite {
		if err := errors.Join(a.Relay.Inherit(context.Background()), a.Jobs.Inherit(context.Background())); err != nil {
			slog.Warn("what an earlier process held was not let go; it runs out by itself", "cause", err)
		}
	}
	if both, err := a.operatingRegistrars(context.Background()); err == nil && len(both) > 0 {
		slog.Warn("operators are entered as registrars, which counts no more: end those entries", "accounts", both)
	}
	a.Jobs.PauseWhile(func() bool { return a.disk.refuse() != nil })
	a.Jobs.Start()
	a.APIKeys.Start()
	a.Webhooks.Start()
	a.Relay.Start(
		[]relay.Consumer{a.Index.Consumer(), a.Index.Rebuilder(), a.Deals.Consumer(), a.Projects.Consumer(), a.Commissions.Consumer(), a.Match.Standing(), a.Inbox.Consumer(), a.Webhooks.Consumer(), a.Harvest.Consumer()},
		[]relay.Task{
			{Name: "keep-figures", Every: 2 * time.Second, Run: func(ctx context.Context) error { return a.Ledger.Keep(ctx, a.DB) }},
			{Name: "mail-inbox", Every: 30 * time.Second, Run: a.Inbox.Mail},
			{Name: "forget-inbox", Every: 24 * time.Hour, Run: a.Inbox.Forget},
			{Name: "forget-webhooks", Every: time.Hour, Run: a.Webhooks.Forget},
			{Name: "forget-keys", Every: time.Hour, Run: a.Unit.ForgetKeys},
			{Name: "sweep-files", Every: 10 * time.Minute, Run: a.Files.Sweep},
			{Name: "sweep-file-store", Every: 24 * time.Hour, Run: a.Files.SweepStore},
			{Name: "forget-mails", Every: time.Hour, Run: a.Mails.Forget},
			{Name: "forget-links", Every: time.Hour, Run: a.Accounts.Forget},
		},
	)
}

// Close stops in the order workers, index, database; HTTP has been stopped before by its owner.
func (a *App) Close() error {
	var errs []error
	if a.Jobs != nil {
		a.Jobs.Stop()
	}
	if a.APIKeys != nil {
		a.APIKeys.Stop()
	}
	if a.Changes != nil {
		a.Changes.Stop()
	}
	if a.Webhooks != nil {
		a.Webhooks.Stop()
	}
	if a.Relay != nil {
		a.Relay.Stop()
	}
	if a.Index != nil {
		errs = append(errs, a.Index.Close())
	}
	errs = append(errs, a.vectors.close())
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.DB != nil {
		errs = append(errs, a.DB.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Unlock())
	}
	return errors.Join(errs...)
}
