package itsm

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Money is an exact amount in one currency. The zero Money is no amount at all.
// Its text form is "12.5 EUR".
type Money struct {
	Amount   decimal.Decimal
	Currency string // three capital letters, ISO 4217
}

// ParseMoney reads "12.50 EUR"; the empty text is the zero Money.
func ParseMoney(s string) (Money, error) {
	if s == "" {
		return Money{}, nil
	}
	amount, currency, found := strings.Cut(s, " ")
	if !found || !isCurrency(currency) {
		return Money{}, &FieldError{"money", Quoted(s) + ` is not an amount and a currency, as in "12.50 EUR"`}
	}
	d, err := ParseDecimal("money", amount)
	if err != nil {
		return Money{}, err
	}
	return Money{d, currency}, nil
}

func isCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, c := range []byte(s) {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// IsZero reports whether m is no amount at all, which "0 EUR" is not.
func (m Money) IsZero() bool { return m.Currency == "" && m.Amount.IsZero() }

// Check refuses a currency that is not three capital letters, naming the field.
func (m Money) Check(field string) error {
	if !isCurrency(m.Currency) {
		return &FieldError{field, "has the currency " + Quoted(m.Currency) + "; give three capital letters, as in EUR"}
	}
	return nil
}

// Add is m + other; adding different currencies is a [FieldError].
func (m Money) Add(other Money) (Money, error) {
	if m.IsZero() {
		return other, nil
	}
	if other.IsZero() {
		return m, nil
	}
	if m.Currency != other.Currency {
		return Money{}, &FieldError{"currency", fmt.Sprintf("is %s here and %s there; convert one first", m.Currency, other.Currency)}
	}
	return Money{m.Amount.Add(other.Amount), m.Currency}, nil
}

// Cmp is -1, 0 or +1 as m is less than, equal to or more than other; comparing
// different currencies is a [FieldError].
func (m Money) Cmp(other Money) (int, error) {
	if m.Currency != other.Currency {
		return 0, &FieldError{"currency", fmt.Sprintf("is %s here and %s there; convert one first", m.Currency, other.Currency)}
	}
	return m.Amount.Cmp(other.Amount), nil
}

// String is the text form.
func (m Money) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Amount.String() + " " + m.Currency
}

// MarshalText writes the text form.
func (m Money) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	if err := m.Check("money"); err != nil {
		return nil, err
	}
	if err := NumberValue(m.Amount).check(); err != nil {
		return nil, err
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads the text form.
func (m *Money) UnmarshalText(b []byte) error {
	parsed, err := ParseMoney(string(b))
	if err == nil {
		*m = parsed
	}
	return err
}
