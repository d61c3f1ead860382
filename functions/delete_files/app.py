"""The consumer of the queue of files that may have to be deleted."""

from chat.runtime.cold_start import start

handler = start("delete_files")
