package challenges

import (
	"testing"
	"unicode/utf8"

	"jiebang/internal/fault"
	"jiebang/internal/notices"
	"jiebang/internal/when"
)

// A sentence of a mail is in both languages, and short enough that none of it is cut.
func TestWhatMailsSay(t *testing.T) {
	for _, x := range []fault.Text{
		bidOpened, bidKeptOut, bidFell, bidStruck, bidWon, bidLost, bidCancelled, bidAnswered, posterReviewed, posterUnpassed, posterReconsider, posterAwarded, posterCancelled,
		(&opening{Received: 10_000}).news(), (&opening{Received: 10_000, Eligible: 10_000}).news(), proposedNews(&notices.Notice{LastDay: when.MustDay("2026-12-31")}),
	} {
		if x.ZH == "" || x.EN == "" || utf8.RuneCountInString(x.ZH) > 120 || utf8.RuneCountInString(x.EN) > 120 {
			t.Errorf("%d and %d characters: %s", utf8.RuneCountInString(x.ZH), utf8.RuneCountInString(x.EN), x)
		}
	}
}
