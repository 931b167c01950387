"""What can go wrong with a store of versions, or a cluster. No HTTP here: the service has its own table for that."""


class StoreError(Exception):
    """A store, or what lies in it, that can't be used; the message says why and what to do."""


class VersionNotFound(StoreError):
    """A version or alias that the store does not hold."""


class BrokenVersion(StoreError):
    """A version whose bytes are not what its manifest says."""


class NotPromotable(StoreError):
    """A promotion or rollback that the gate, or the history, does not allow."""


class ClusterError(Exception):
    """A cluster that can't be used; the message says why and what to do."""
