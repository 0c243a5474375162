package sla_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

func TestProcessesAreVerified(t *testing.T) {
	agreements, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	require.Empty(t, agreements.Lifecycle.Warnings())
	services, err := sla.ServiceProcess(nil)
	require.NoError(t, err)
	require.Empty(t, services.Lifecycle.Warnings())
}
