package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/stretchr/testify/require"
	modernc "modernc.org/sqlite"
)

// mountVariable tells a test that it runs in a process that may mount.
const mountVariable = "ITSM_SQLITE_TEST_MOUNT"

// mayMount runs the test again in a process with mounts of its own, and reports
// whether this is that process.
func mayMount(t *testing.T) bool {
	t.Helper()
	if os.Getenv(mountVariable) != "" {
		return true
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	c.Env = append(os.Environ(), mountVariable+"=yes")
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		c.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	output, err := c.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) {
		t.Skipf("needs a small disk, which this system does not let us mount: %v", err)
	}
	require.NoError(t, err, "%s", output)
	return false
}

// disk is a file system of so many bytes.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size))
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestAFullDisk: the unit that finds no room fails, says so and leaves no trace;
// all before it stay, and with room again the next succeeds.
func TestAFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	for _, s := range []sqlite.Synchronous{sqlite.Normal, sqlite.Full} {
		dir := disk(t, "3m")
		path, ballast := filepath.Join(dir, "test.db"), filepath.Join(dir, "ballast")
		require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
		b := open(t, path, &sqlite.Options{Synchronous: s})
		var err error
		var written []byte
		n := byte(1)
		for ; ; n++ {
			if err = add(t.Context(), b, "acme", n, 20_000); err != nil {
				break
			}
			written = append(written, n)
		}
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, "full")
		require.NotErrorIs(t, err, store.ErrUnknown)
		require.NotErrorIs(t, err, store.ErrRetry)
		found, err := list(t.Context(), b, "acme")
		require.NoError(t, err)
		require.Equal(t, written, found)

		require.NoError(t, os.Remove(ballast))
		require.NoError(t, add(t.Context(), b, "acme", n, 20_000))
		require.NoError(t, b.Close())
		found, err = list(t.Context(), open(t, path, nil), "acme")
		require.NoError(t, err)
		require.Equal(t, append(written, n), found)
	}
}

// TestAReadOnlyDisk: Open cannot keep its files there, and says so.
func TestAReadOnlyDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	dir := disk(t, "3m")
	path := filepath.Join(dir, "test.db")
	b := open(t, path, nil)
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	require.NoError(t, b.Close())
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	before := contents(t, dir)
	for _, path := range []string{path, filepath.Join(dir, "new.db")} {
		_, err := sqlite.Open(t.Context(), path, nil)
		require.ErrorContains(t, err, path)
		var driver *modernc.Error
		require.ErrorAs(t, err, &driver)
		require.NotErrorIs(t, err, store.ErrRetry)
	}
	require.Equal(t, before, contents(t, dir))
}

// TestAReadOnlyFile: what is in it can be read; a unit that writes is refused.
func TestAReadOnlyFile(t *testing.T) {
	if !mayMount(t) {
		return
	}
	path := file(t)
	b := open(t, path, nil)
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	require.NoError(t, b.Close())
	require.NoError(t, syscall.Mount(path, path, "", syscall.MS_BIND, ""))
	defer syscall.Unmount(path, syscall.MNT_DETACH)
	require.NoError(t, syscall.Mount("", path, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	b = open(t, path, nil)
	found, err := list(t.Context(), b, "acme")
	require.NoError(t, err)
	require.Equal(t, []byte{1}, found)
	err = b.Write(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Put(ctx, store.PutParams{Kind: "incident", ID: uuid.UUID{2}})
		return err
	})
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "readonly")
	require.NotErrorIs(t, err, store.ErrRetry)
	found, err = list(t.Context(), b, "acme")
	require.NoError(t, err)
	require.Equal(t, []byte{1}, found)
	require.NoError(t, b.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
