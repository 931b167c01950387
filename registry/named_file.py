"""A file that somebody named, on a command line, in a setting or in a dataset file: read whole, or not at all."""

import errno
import os
import stat
from pathlib import Path


def read_named_file(path: Path, most: int) -> bytes:
    """Read a file that may be anything: a pipe or a device keeps nobody waiting, and nothing is read without end.

    Args:
        path: Of the file, or of a link to it, as secrets are mounted.
        most: Bytes that it may have.

    Raises:
        OSError: It can't be read, is no regular file, or is larger; what is added meanwhile is not read.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "no regular file")
            if status.st_size > most:
                raise OSError(errno.EFBIG, f"more than {most} bytes")
            return file.read(most)
    except ValueError as error:  # a NUL in the path
        raise OSError(errno.EINVAL, str(error)) from error
