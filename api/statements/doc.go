// Package statements holds what the API asks of the database to its bill: how many statements a request takes, that a list takes as many for
// twelve items as for one, and how both databases read it. Nothing in it runs at once, so its tests are not run under the race detector, which
// would take minutes for them (test.sh).
package statements
