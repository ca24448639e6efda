package api

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/internal/app"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

type actorKey struct{}

// caller is who makes a request: the actor, and the token that showed it.
type caller struct {
	actor policy.Actor
	token string
}

// authenticate turns a bearer token into an actor. A request without a token is a visitor's; one with a broken token is
// refused even where visitors are welcome, so that nobody works as a visitor without noticing.
func authenticate(a *app.App) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			header := c.Request().Header.Get(echo.HeaderAuthorization)
			if header == "" {
				return next(c)
			}
			scheme, token, _ := strings.Cut(header, " ")
			if !strings.EqualFold(scheme, "Bearer") {
				return fault.TokenInvalid.New()
			}
			ctx := c.Request().Context()
			actor, err := a.Actor(ctx, strings.TrimSpace(token))
			if err != nil {
				return err
			}
			c.SetRequest(c.Request().WithContext(context.WithValue(ctx, actorKey{}, caller{actor, strings.TrimSpace(token)})))
			return next(c)
		}
	}
}

// actorOf is who makes the request; the zero Actor is a visitor.
func actorOf(ctx context.Context) policy.Actor { return callerOf(ctx).actor }

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(actorKey{}).(caller)
	return c
}
