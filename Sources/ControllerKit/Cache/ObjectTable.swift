import KubeClient

/// Objects by key: a dense array of the objects and an open-addressing table of row numbers.
///
/// Holds no key of its own and little free space, so an object costs its own size, up to a quarter more while the table
/// grows, and 5 to 11 bytes. A `Dictionary` would add the key's 32 bytes and a third of everything. Rows keep the order of
/// insertion until one is removed; the last row then takes the gap.
struct ObjectTable<Object: KubeObject>: Sendable {
    /// The objects.
    private(set) var rows: [Object] = []
    /// Row number + 1, 0 for none; the size is a power of two and at most three quarters are used.
    private var buckets: [UInt32] = []

    init() {}

    var count: Int { rows.count }

    subscript(key: ObjectKey) -> Object? { bucket(of: key).map { rows[row(in: $0)] } }

    func contains(_ key: ObjectKey) -> Bool { bucket(of: key) != nil }

    /// Puts an object in and returns what it replaced.
    @discardableResult
    mutating func upsert(_ object: Object) -> Object? {
        let key = object.id
        if let bucket = bucket(of: key) {
            let row = row(in: bucket)
            let old = rows[row]
            rows[row] = object
            return old
        }
        // Array doubles; a quarter is enough to be cheap and wastes less.
        if rows.count == rows.capacity { rows.reserveCapacity(rows.count + rows.count / 4 + 8) }
        rows.append(object)
        if rows.count * 4 > buckets.count * 3 {
            rehash()
        } else {
            place(rows.count - 1, key)
        }
        return nil
    }

    /// Takes an object out.
    @discardableResult
    mutating func remove(_ key: ObjectKey) -> Object? {
        guard let hole = bucket(of: key) else { return nil }
        let row = row(in: hole)
        close(hole)
        let last = rows.count - 1
        if row != last, let moved = bucket(of: rows[last].id) {
            buckets[moved] = UInt32(row + 1)
            rows.swapAt(row, last)
        }
        return rows.removeLast()
    }

    // MARK: Buckets

    private func row(in bucket: Int) -> Int { Int(buckets[bucket]) - 1 }

    private func home(of key: ObjectKey) -> Int { key.hashValue & (buckets.count - 1) }

    private func next(_ bucket: Int) -> Int { (bucket + 1) & (buckets.count - 1) }

    private func bucket(of key: ObjectKey) -> Int? {
        if buckets.isEmpty { return nil }
        var bucket = home(of: key)
        while buckets[bucket] != 0 {
            if rows[row(in: bucket)].id == key { return bucket }
            bucket = next(bucket)
        }
        return nil
    }

    private mutating func place(_ row: Int, _ key: ObjectKey) {
        var bucket = home(of: key)
        while buckets[bucket] != 0 { bucket = next(bucket) }
        buckets[bucket] = UInt32(row + 1)
    }

    private mutating func rehash() {
        buckets = Array(repeating: 0, count: max(8, buckets.count * 2))
        for row in rows.indices { place(row, rows[row].id) }
    }

    /// Empties a bucket and moves later members of its run back, so that searches need no tombstones.
    private mutating func close(_ removed: Int) {
        var hole = removed
        var bucket = next(hole)
        while buckets[bucket] != 0 {
            let home = home(of: rows[row(in: bucket)].id)
            // The member may move only if its home is not between the hole and where it stands.
            let mask = buckets.count - 1
            if (bucket - home) & mask >= (bucket - hole) & mask {
                buckets[hole] = buckets[bucket]
                hole = bucket
            }
            bucket = next(bucket)
        }
        buckets[hole] = 0
    }
}
