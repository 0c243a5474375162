package config

import "iter"

// orNothing is a sequence to range over; nil is an empty one.
func orNothing[T any](of iter.Seq[T]) iter.Seq[T] {
	if of == nil {
		return func(func(T) bool) {}
	}
	return of
}

// records are those of a sequence that are there; nil is an empty one.
func records[R any](of iter.Seq[*R]) iter.Seq[*R] {
	return func(yield func(*R) bool) {
		for r := range orNothing(of) {
			if r != nil && !yield(r) {
				return
			}
		}
	}
}
