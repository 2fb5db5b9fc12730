"""A model from the Hub into the Hub's own cache on this machine: bounded in time, resumed, and verified.

The files land where huggingface_hub and transformers look for them, so that both find them again, offline too. The
transfer is done here because theirs waits without end for a silent server, starts again from nothing after a kill, and
verifies nothing.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import queue
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from helpers.files import atomic_write
from helpers.integrity import (
    CheckpointError,
    check_safetensors,
    file_identity,
    read_json_object,
    sha256_of,
    shard_names,
)

__all__ = ["Snapshot", "fetch"]

FIRST_ANSWER = 10.0  # seconds that the Hub has to answer a question
PATIENCE = 12.0  # seconds that a transfer may go on without bringing LEAST bytes
LEAST = 16 * 1024
_PIECE = 1 << 20
_RESTARTS = 2  # how often a file may be begun anew because the server cannot go on from the middle
_COMMIT = re.compile(r"[0-9a-f]{40}")
_ANY_COMMIT = re.compile(r"[0-9A-Za-z]{7,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Snapshot:
    """One revision of a model in the cache. sha256: of every file in it that was asked for."""

    folder: Path
    revision: str
    sha256: dict[str, str]


def fetch(name: str, revision: str | None = None, *, pickle: bool = False, newest: bool = False) -> Snapshot:
    """Make sure that the files `from_pretrained` needs are in the cache and whole; return where they are.

    name: a Hub id. revision: a commit, branch or tag, None for "main". pickle: fetch pytorch_model.bin instead of
    safetensors. newest: ask the Hub what a branch points to now, even if the cache knows an older answer.
    When everything is there already, no request is made. A file that is damaged is removed and fetched again once.
    Raises CheckpointError, within about PATIENCE seconds of the last sign of life.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    revision = revision or "main"
    try:
        validate_repo_id(name)
        if ".." in revision:
            raise HFValidationError(f"{revision!r} is no revision")
    except HFValidationError as error:
        raise CheckpointError(f"{name!r} is no Hub id such as Intel/dpt-large ({error}). Check the name.") from None
    return _Model(name, revision, pickle).fetch(newest)


@dataclass(frozen=True)
class _Remote:
    location: str
    etag: str
    commit: str
    size: int | None


class _Model:
    """One model on the Hub and its folder in the cache."""

    def __init__(self, name: str, revision: str, pickle: bool) -> None:
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        self.name, self.revision, self.pickle = name, revision, pickle
        self.cache = Path(constants.HF_HUB_CACHE)
        folder = repo_folder_name(repo_id=name, repo_type="model")
        self.store = self.cache / folder
        self.locks = self.cache / ".locks" / folder
        self.endpoint = constants.ENDPOINT
        setting = os.environ.get("HF_HUB_OFFLINE", "").upper()  # set after the import, it counts here too
        self.offline = constants.is_offline_mode() or setting in constants.ENV_VARS_TRUE_VALUES
        self.advice = (
            "Use the checkpoint that ships with the course (name no other), or run "
            f"`make fetch CHECKPOINT={name}` where the Hub can be reached and set HF_HUB_OFFLINE=1 afterwards."
        )

    # What the cache knows

    def fetch(self, newest: bool) -> Snapshot:
        commit = self._known_commit(newest and not self.offline)
        if commit is not None:
            with _named(self):
                names, absent = self._expected_files(commit)
            damaged = [file for file in names if self._is_damaged(self._place(commit, file))]
            if not absent and not damaged:
                return self._snapshot(commit, names)
            if self.offline and damaged:
                raise CheckpointError(
                    f"{self.name}: {damaged[0]} in the cache is damaged ({self._place(commit, damaged[0])}) and "
                    f"HF_HUB_OFFLINE forbids fetching it again. {self.advice}"
                )
            for file in damaged:
                self._remove(self._place(commit, file))
        if self.offline:
            raise CheckpointError(
                f"{self.name} is not in the cache on this machine ({self.cache}) and HF_HUB_OFFLINE forbids fetching "
                f"it. {self.advice}"
            )
        return self._download()

    def _known_commit(self, newest: bool) -> str | None:
        if _COMMIT.fullmatch(self.revision):
            return self.revision
        if newest:
            return None
        try:
            commit = (self.store / "refs" / self.revision).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return commit if _ANY_COMMIT.fullmatch(commit) else None

    def _place(self, commit: str, file: str) -> Path:
        return self.store / "snapshots" / commit / file

    def _expected_files(self, commit: str) -> tuple[list[str], bool]:
        """The files of a model that are in the cache, and whether any that it needs is absent."""
        wanted = ["config.json", "preprocessor_config.json"]
        if self.pickle:
            wanted.append("pytorch_model.bin")
        elif (
            not self._place(commit, "model.safetensors").is_file()  # where a model has both, the single file is taken
            and self._place(commit, "model.safetensors.index.json").is_file()
        ):
            wanted.append("model.safetensors.index.json")
            with contextlib.suppress(CheckpointError):
                wanted += shard_names(self._place(commit, "model.safetensors.index.json"))
        else:
            wanted.append("model.safetensors")
        here = [file for file in wanted if self._place(commit, file).is_file()]
        return here, len(here) < len(wanted)

    def _snapshot(self, commit: str, names: list[str]) -> Snapshot:
        with _named(self):
            digests = {file: self._sha256(self._place(commit, file)) for file in names}
        return Snapshot(self.store / "snapshots" / commit, commit, digests)

    # Verification. The Hub's ETag is the sha256 of a large file and git's own hash of a small one, and names the blob.

    @property
    def _notes(self) -> Path:
        return self.store / ".verified.json"

    def _read_notes(self) -> dict[str, Any]:
        try:
            notes = json.loads(self._notes.read_bytes())
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _note(self, path: Path, digest: str) -> None:
        with contextlib.suppress(OSError):  # a cache that is read-only is verified every time
            notes = self._read_notes()
            notes[self._key(path)] = {"sha256": digest, "identity": file_identity(path)}
            atomic_write(self._notes, json.dumps(notes, indent=1, sort_keys=True))

    def _key(self, path: Path) -> str:
        real = path.resolve()
        with contextlib.suppress(ValueError):
            return real.relative_to(self.store.resolve()).as_posix()
        return real.as_posix()

    def _sha256(self, path: Path) -> str:
        """The sha256 of a file in the cache, from the notes where the file has not changed since."""
        note = self._read_notes().get(self._key(path))
        if isinstance(note, dict) and note.get("identity") == file_identity(path):
            return str(note.get("sha256"))
        return sha256_of(path)

    def _is_damaged(self, path: Path) -> bool:
        try:
            note = self._read_notes().get(self._key(path))
            noted = note.get("sha256") if isinstance(note, dict) else None
            digest = self._sha256(path)
            blob = path.resolve().name
            if _SHA256.fullmatch(blob):
                whole = digest == blob
            elif noted is not None:
                whole = digest == noted
            elif _COMMIT.fullmatch(blob):
                whole = blob in _short_hashes(path)
            else:
                whole = _is_plausible(path, path.name)
        except FileNotFoundError:
            return True
        except OSError as error:  # a missing permission or a network disk in trouble: the file may well be whole
            raise CheckpointError(
                f"{self.name}: {path} in the cache cannot be read ({error.strerror or error}). It was left as it is: "
                "see its permissions and the disk."
            ) from None
        if whole and (noted is None or note.get("identity") != file_identity(path)):
            self._note(path, digest)
        return not whole

    def _remove(self, path: Path) -> None:
        try:
            for part in {path.resolve(), path}:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise CheckpointError(
                f"{self.name}: {path.name} in the cache is damaged and cannot be removed ({error.strerror}). "
                f"Remove it yourself: {path}"
            ) from None

    # The Hub

    def _download(self) -> Snapshot:
        with _named(self):
            self.cache.mkdir(parents=True, exist_ok=True)
        config = self._ask("config.json", required=True)
        commit = config.commit
        if _COMMIT.fullmatch(self.revision) and commit != self.revision:
            raise CheckpointError(
                f"{self.name}: the Hub ({self.endpoint}) answered for revision {commit} instead of {self.revision}. "
                f"{self.advice}"
            )
        files = ["config.json", "preprocessor_config.json"]
        self._get("config.json", config)
        self._get("preprocessor_config.json", self._ask("preprocessor_config.json", commit, required=True))
        if self.pickle:
            files.append("pytorch_model.bin")
            self._get(files[-1], self._ask(files[-1], commit, required=True))
        elif (weights := self._ask("model.safetensors", commit)) is not None:
            files.append("model.safetensors")
            self._get(files[-1], weights)
        else:
            index = self._ask("model.safetensors.index.json", commit)
            if index is None:
                raise CheckpointError(
                    f"{self.name} on the Hub has no model.safetensors. Other kinds of weights may run code when they "
                    "are opened and are not loaded: choose a model that has safetensors."
                )
            self._get("model.safetensors.index.json", index)
            shards = shard_names(self._place(commit, "model.safetensors.index.json"))
            files += ["model.safetensors.index.json", *shards]
            for shard in shards:
                self._get(shard, self._ask(shard, commit, required=True))
        if self.revision != commit:
            with _named(self):
                atomic_write(self.store / "refs" / self.revision, commit)
        return self._snapshot(commit, files)

    def _ask(self, file: str, commit: str | None = None, *, required: bool = False) -> Any:
        """What the Hub says about a file, or None where it says that there is none and it is not required."""
        from huggingface_hub.errors import RemoteEntryNotFoundError
        from huggingface_hub.file_download import get_hf_file_metadata, hf_hub_url

        try:
            # Of a branch, asked again by commit: all files come from one revision even if the branch moves meanwhile.
            url = hf_hub_url(self.name, file, revision=commit or self.revision)
            # In a thread, because no time-out of a socket bounds a slow name server or an answer that drips.
            answer = _within(FIRST_ANSWER, lambda: get_hf_file_metadata(url, timeout=FIRST_ANSWER))
        except RemoteEntryNotFoundError:
            if not required:
                return None
            raise CheckpointError(
                f"{self.name} on the Hub has no {file}, so it is not a complete DPT checkpoint. Check the name."
            ) from None
        except Exception as error:
            raise self._explained(error) from error
        if answer.commit_hash is None or not answer.etag or not _ANY_COMMIT.fullmatch(answer.commit_hash):
            raise CheckpointError(
                f"{self.name}: what answered at {self.endpoint} is no Hub: perhaps the log-in page of this network, or "
                f"a wrong HF_ENDPOINT. {self.advice}"
            )
        etag = answer.etag if re.fullmatch(r"[\w=-][\w.=-]{0,200}", answer.etag) else _sha256_text(answer.etag)
        return _Remote(answer.location, etag, answer.commit_hash, answer.size)

    def _get(self, file: str, remote: _Remote) -> None:
        """Bring one file into the cache, unless it is there and whole."""
        place = self._place(remote.commit, file)
        here = place.is_file() and not self._is_damaged(place)
        if here and remote.etag in (place.resolve().name, self._sha256(place)):
            return
        blob = self.store / "blobs" / remote.etag
        partial = blob.with_name(blob.name + ".incomplete")
        with _named(self):
            for folder in (blob.parent, place.parent, self.locks):
                folder.mkdir(parents=True, exist_ok=True)
            with self._lock(file, remote.etag, partial):
                if not (blob.is_file() and self._blob_is_whole(blob, file)):
                    blob.unlink(missing_ok=True)
                    self._bring(file, remote, partial)
                    os.replace(partial, blob)
                _link(blob, place)
        self._note(place, sha256_of(place))

    def _bring(self, file: str, remote: _Remote, partial: Path) -> None:
        before = None
        for _ in range(2):
            self._transfer(file, remote, partial)
            digest = sha256_of(partial)
            if _SHA256.fullmatch(remote.etag):
                whole = digest == remote.etag
            else:
                # Mirrors name small files as they like: there, the same bytes twice are taken for right.
                hashed = _COMMIT.fullmatch(remote.etag) and remote.etag not in _short_hashes(partial)
                whole = _is_plausible(partial, file) and (not hashed or digest == before)
            if whole:
                return
            before = digest
            partial.unlink(missing_ok=True)
        raise CheckpointError(
            f"{self.name}: {file} arrived damaged twice: something between the Hub ({self.endpoint}) and this machine "
            f"changes it. {self.advice}"
        )

    def _blob_is_whole(self, blob: Path, file: str) -> bool:
        if _SHA256.fullmatch(blob.name):
            return sha256_of(blob) == blob.name
        if _COMMIT.fullmatch(blob.name):
            return blob.name in _short_hashes(blob)
        return _is_plausible(blob, file)

    def _transfer(self, file: str, remote: _Remote, partial: Path) -> None:
        """Fill `partial` with the file, going on from what it holds already."""
        patience, restarts = _Patience(), 0
        trouble: Exception | None = None
        with contextlib.ExitStack() as stack:
            bar = None
            while True:
                have = partial.stat().st_size if partial.exists() else 0
                if remote.size is not None:
                    if have == remote.size and partial.exists():
                        return
                    if have > remote.size:
                        partial.unlink()
                        have, restarts = 0, restarts + 1
                    _check_space(self, file, remote.size - have)
                if patience.left() <= 0:
                    raise self._explained(trouble or TimeoutError()) from trouble
                if restarts > _RESTARTS:
                    raise CheckpointError(
                        f"{self.name}: {file} never arrives whole: the Hub ({self.endpoint}) sends another number of "
                        f"bytes than it says. {self.advice}"
                    )
                if trouble is not None:
                    time.sleep(min(1.0, max(patience.left(), 0)))
                try:
                    response, start = self._open(remote.location, have, patience)
                except _Again as error:
                    trouble = error.cause
                    continue
                announced = response.headers.get("Content-Length", "")
                if remote.size is not None and announced.isdigit() and start + int(announced) != remote.size:
                    response.close()
                    restarts += 1
                    continue
                with response:
                    restarts += have > 0 and start == 0
                    if bar is None and (remote.size or 0) > _PIECE:
                        bar = stack.enter_context(_bar(file, remote.size, start))
                    elif bar is not None and start < have:
                        bar.update(start - have)
                    with open(partial, "ab" if start else "wb") as out:
                        trouble = self._pour(response, out, start, remote.size, bar, patience)
                        out.flush()
                        os.fsync(out.fileno())
                if trouble is None and remote.size is None:
                    return
                trouble = trouble or _Cut()

    def _open(self, location: str, have: int, patience: _Patience) -> tuple[Any, int]:
        """The answer to a request for the rest of a file, and the byte at which it starts."""
        import requests
        from huggingface_hub.utils import build_hf_headers

        headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
        if urlsplit(location).netloc != urlsplit(self.endpoint).netloc:
            headers.pop("authorization", None)  # the token is the Hub's, not its storage's
        if have:
            headers["Range"] = f"bytes={have}-"
        wait = max(patience.left(), 0.1)
        try:
            response = _within(
                wait, lambda: requests.get(location, headers=headers, stream=True, timeout=(wait, PATIENCE))
            )
        except (requests.ConnectionError, requests.Timeout, TimeoutError) as error:
            raise _Again(error) from None
        except requests.RequestException as error:
            raise self._explained(error) from error
        if response.status_code == 200:
            return response, 0
        begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if response.status_code == 206 and begins is not None and int(begins[1]) == have:
            return response, have
        response.close()
        if have and response.status_code in (206, 416):
            return self._open(location, 0, patience)  # it cannot send the rest: ask for all of it
        error = requests.HTTPError(f"status {response.status_code}", response=response)
        if response.status_code >= 500:
            raise _Again(error)
        raise self._explained(error)

    def _pour(
        self, response: Any, out: Any, position: int, size: int | None, bar: Any, patience: _Patience
    ) -> Exception | None:
        """Write what comes to `out`; return what stopped it, or None at its end."""
        while size is None or position <= size:  # one byte too many is enough to know
            try:
                # read1 returns what has come; read would wait for a whole piece, however slowly it drips.
                piece = response.raw.read1(_PIECE, decode_content=False)
            except Exception as error:
                return error
            if not piece:
                return None
            out.write(piece)
            position += len(piece)
            patience.came(len(piece))
            if bar is not None:
                bar.update(len(piece))
            if patience.left() <= 0:
                return TimeoutError("hardly any bytes came")
            if position == size:
                return None
        return None

    @contextlib.contextmanager
    def _lock(self, file: str, etag: str, partial: Path) -> Iterator[None]:
        """One process at a time fetches a file. Another one waits while it sees the file grow."""
        from huggingface_hub.utils import WeakFileLock

        grown, since = -1, time.monotonic()
        while True:
            try:
                with contextlib.ExitStack() as stack:
                    stack.enter_context(WeakFileLock(self.locks / f"{etag}.lock", timeout=1.0))
                    held = stack.pop_all()
                break
            except TimeoutError:
                size = partial.stat().st_size if partial.exists() else 0
                if size != grown:
                    grown, since = size, time.monotonic()
                if time.monotonic() - since > PATIENCE:
                    raise CheckpointError(
                        f"{self.name}: another program on this machine is fetching {file} and does not get on. "
                        f"Wait for it or stop it; if there is none, remove {self.locks / (etag + '.lock')}."
                    ) from None
        with held:
            yield

    def _explained(self, error: Exception) -> CheckpointError:
        """The one line for whatever went wrong with the Hub."""
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

        where = f"{self.name}: the Hub ({self.endpoint})"
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        if isinstance(error, CheckpointError):
            return error
        if isinstance(error, RevisionNotFoundError):
            return CheckpointError(f"{self.name} on the Hub has no revision {self.revision!r}. Check it.")
        if status == 403 and "X-Error-Code" not in response.headers:
            return CheckpointError(
                f"{where} or a filter of this network forbids it (403). Ask who runs the network, or `hf auth login` "
                f"for a private or gated model. {self.advice}"
            )
        if isinstance(error, RepositoryNotFoundError | GatedRepoError) or status in (401, 403, 404):
            return CheckpointError(
                f"There is no model {self.name} on the Hub ({self.endpoint}), nor a folder of that name here; or it is "
                "private or gated, or your Hub token is out of date. Check the name; `hf auth login` for a private one."
            )
        if status == 429:
            wait = response.headers.get("Retry-After", "")
            pause = f"in {wait} seconds" if wait.isdigit() else "later"
            return CheckpointError(f"{where} gets too many requests from here (429). Try again {pause}. {self.advice}")
        if status is not None:
            return CheckpointError(f"{where} has trouble (status {status}). Try again later. {self.advice}")
        if re.search("Time-?out", type(error).__name__):  # of the three libraries for HTTP that can be at work here
            return CheckpointError(f"{where} does not answer, or hardly any bytes come. {self.advice}")
        if isinstance(error, _Cut):
            return CheckpointError(f"{where} cuts every transfer short. Try again later. {self.advice}")
        lines = str(error).strip().splitlines()
        reason = lines[0][:160] if lines else type(error).__name__
        if "CERTIFICATE" in reason.upper():
            return CheckpointError(
                f"{where} cannot be trusted: its certificate does not check out ({reason}). Often the clock is wrong "
                f"or the network reads along. {self.advice}"
            )
        return CheckpointError(f"{where} cannot be reached ({reason}). {self.advice}")


class _Again(Exception):
    """The request may go better the next time."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Cut(Exception):
    """A transfer ended before its end."""


class _Patience:
    """How long a transfer may still go on without bringing LEAST bytes."""

    def __init__(self) -> None:
        self._since, self._bytes = time.monotonic(), 0

    def came(self, count: int) -> None:
        self._bytes += count
        if self._bytes >= LEAST:
            self._since, self._bytes = time.monotonic(), 0

    def left(self) -> float:
        return PATIENCE - (time.monotonic() - self._since)


def _within(seconds: float, call: Callable[[], _T]) -> _T:
    """The result of `call`, or TimeoutError after so many seconds, whatever it waits for."""
    answers: queue.Queue[tuple[bool, Any]] = queue.Queue(1)

    def work() -> None:
        try:
            answers.put((True, call()))
        except BaseException as error:
            answers.put((False, error))

    threading.Thread(target=work, name="hub-request", daemon=True).start()
    try:
        good, value = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    if good:
        return value
    raise value


@contextlib.contextmanager
def _named(model: _Model) -> Iterator[None]:
    """Turn the file system's errors into one line: full, read-only, not allowed."""
    try:
        yield
    except CheckpointError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            what = "the disk is full. Make room there, or set HF_HOME to a folder on a larger disk"
        else:
            what = f"it cannot be used ({error.strerror or error}). Set HF_HOME to a folder that can"
        raise CheckpointError(f"{model.name}: the cache is {model.cache} and {what}.") from error


def _check_space(model: _Model, file: str, needed: int) -> None:
    free = shutil.disk_usage(model.store).free
    if free < needed:
        raise CheckpointError(
            f"{model.name}: {file} needs {needed / 1e6:.0f} MB more and {model.cache} has {free / 1e6:.0f} MB free. "
            "Make room there, or set HF_HOME to a folder on a larger disk."
        )


def _link(blob: Path, place: Path) -> None:
    if place.exists() and place.resolve() == blob.resolve():
        return
    fresh = place.with_name(f".{place.name}.{os.getpid()}")  # moved over the old one: it is never absent
    with contextlib.suppress(OSError):
        fresh.unlink()  # a killed process of the same number left it
    try:
        fresh.symlink_to(os.path.relpath(blob, place.parent))
    except OSError:  # some systems allow no links: there the cache keeps the file itself
        os.replace(blob, place)
    else:
        os.replace(fresh, place)


def _is_plausible(path: Path, file: str) -> bool:
    """Whether a file without a digest of its own can be what its name says."""
    try:
        if file.endswith(".json"):
            read_json_object(path)
        elif file.endswith(".safetensors"):
            check_safetensors(path)
    except CheckpointError:
        return False
    return True


def _short_hashes(path: Path) -> set[str]:
    """The 40-digit digests by which servers name small files: git's hash of a blob (the Hub) and the plain SHA-1."""
    data = path.read_bytes()
    framed = b"blob %d\0" % len(data) + data
    return {hashlib.sha1(content, usedforsecurity=False).hexdigest() for content in (framed, data)}


def _sha256_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _bar(file: str, total: int | None, initial: int) -> Any:
    from huggingface_hub.utils import tqdm

    label = f"{file} (going on)" if initial else file
    return tqdm(total=total, initial=initial, desc=label, unit="B", unit_scale=True)
