package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

type (
	probeKey   struct{}
	witnessKey struct{}
)

// WithProbe lets f look at every statement of a context before it is run, to
// cut a transaction off between any two of them; an error of f fails the statement.
func WithProbe(ctx context.Context, f func() error) context.Context {
	return context.WithValue(ctx, probeKey{}, f)
}

// WithWitness shows f every statement of a context after it was run, as it was
// sent, without its values. The beginnings and ends of transactions are not among them.
func WithWitness(ctx context.Context, f func(statement string)) context.Context {
	return context.WithValue(ctx, witnessKey{}, f)
}

func probe(db *gorm.DB) error {
	look := func(tx *gorm.DB) {
		if f, ok := tx.Statement.Context.Value(probeKey{}).(func() error); ok {
			_ = tx.AddError(f()) // keeps the error and gives it back
		}
	}
	see := func(tx *gorm.DB) {
		if f, ok := tx.Statement.Context.Value(witnessKey{}).(func(string)); ok {
			f(tx.Statement.SQL.String())
		}
	}
	c := db.Callback()
	for name, register := range map[string]func(string, func(*gorm.DB)) error{
		"create": c.Create().After("*").Register, "query": c.Query().After("*").Register, "update": c.Update().After("*").Register,
		"delete": c.Delete().After("*").Register, "row": c.Row().After("*").Register, "raw": c.Raw().After("*").Register,
	} {
		if err := register("quancheng:witness", see); err != nil {
			return fmt.Errorf("models: witness of %s: %w", name, err)
		}
	}
	for name, register := range map[string]func(string, func(*gorm.DB)) error{
		"create": c.Create().Before("*").Register, "query": c.Query().Before("*").Register, "update": c.Update().Before("*").Register,
		"delete": c.Delete().Before("*").Register, "row": c.Row().Before("*").Register, "raw": c.Raw().Before("*").Register,
	} {
		if err := register("quancheng:probe", look); err != nil {
			return fmt.Errorf("models: probe of %s: %w", name, err)
		}
	}
	return nil
}
