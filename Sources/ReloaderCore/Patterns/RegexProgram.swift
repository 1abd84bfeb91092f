/// A compiled expression: instructions for a machine that follows all possibilities at once, so that matching takes
/// time proportional to text × program, whatever the expression.
struct RegexProgram: Hashable, Sendable {
    /// A condition on a position instead of a character.
    enum Assertion: Hashable, Sendable { case beginText, endText, beginLine, endLine, wordBoundary, noWordBoundary }

    /// Offsets are relative, so that fragments can be copied and moved.
    enum Instruction: Hashable, Sendable {
        /// Consumes exactly this scalar.
        case scalar(UInt32)
        /// Consumes any scalar of ``RegexProgram/sets`` at the index.
        case set(Int32)
        /// Goes on at the next instruction and also at the offset.
        case split(Int32)
        /// Goes on at the offset.
        case jump(Int32)
        /// Goes on where the condition holds.
        case assert(Assertion)
    }

    /// Reaching the end is a match.
    var instructions: [Instruction] = []
    var sets: [ScalarSet] = []

    /// Whether the expression matches anywhere in the text.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map(\.value)
        var machine = Machine(self, scalars)
        for position in 0...scalars.count {
            machine.addThread(at: 0, position)
            if machine.isAccepted { return true }
            if position < scalars.count { machine.step(position) }
            if machine.isAccepted { return true }
        }
        return false
    }

    private struct Machine {
        private let program: RegexProgram
        private let text: [UInt32]
        private var current: [Int32] = []
        private var next: [Int32] = []
        private var stack: [Int32] = []
        /// The step in which an instruction was last reached, so that nothing is followed twice in one step.
        private var reached: [Int32]
        private(set) var isAccepted = false

        init(_ program: RegexProgram, _ text: [UInt32]) {
            self.program = program
            self.text = text
            reached = Array(repeating: -1, count: program.instructions.count)
        }

        /// Follows everything that consumes nothing from an instruction on, at a position of the text.
        mutating func addThread(at start: Int32, _ position: Int) {
            stack.append(start)
            while let index = stack.popLast() {
                guard index < program.instructions.count else {
                    isAccepted = true
                    continue
                }
                guard reached[Int(index)] != Int32(position) else { continue }
                reached[Int(index)] = Int32(position)
                switch program.instructions[Int(index)] {
                case .scalar, .set: current.append(index)
                case .jump(let offset): stack.append(index + offset)
                case .split(let offset):
                    stack.append(index + offset)
                    stack.append(index + 1)
                case .assert(let assertion):
                    if holds(assertion, at: position) { stack.append(index + 1) }
                }
            }
        }

        /// Consumes the scalar at the position with every thread.
        mutating func step(_ position: Int) {
            swap(&current, &next)
            current.removeAll(keepingCapacity: true)
            let scalar = text[position]
            for index in next {
                let consumes =
                    switch program.instructions[Int(index)] {
                    case .scalar(let wanted): wanted == scalar
                    case .set(let set): program.sets[Int(set)].contains(scalar)
                    default: false
                    }
                if consumes { addThread(at: index + 1, position + 1) }
            }
        }

        private func holds(_ assertion: Assertion, at position: Int) -> Bool {
            switch assertion {
            case .beginText: position == 0
            case .endText: position == text.count
            case .beginLine: position == 0 || text[position - 1] == 10
            case .endLine: position == text.count || text[position] == 10
            case .wordBoundary: isWord(before: position) != isWord(before: position + 1)
            case .noWordBoundary: isWord(before: position) == isWord(before: position + 1)
            }
        }

        private func isWord(before position: Int) -> Bool {
            text.indices.contains(position - 1) && ScalarSet.words.contains(text[position - 1])
        }
    }
}
