// Package config knows configuration items and how they depend on one another.
package config
